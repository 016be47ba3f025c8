"""The event store: one port, its adapters, and the road of a command through it."""
