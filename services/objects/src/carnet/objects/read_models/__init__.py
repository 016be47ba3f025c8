"""What is derived from the events for those who look: one module a read model, with its queries."""
