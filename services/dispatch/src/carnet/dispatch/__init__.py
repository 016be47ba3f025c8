"""Orders, technicians and the plan: what was done."""
