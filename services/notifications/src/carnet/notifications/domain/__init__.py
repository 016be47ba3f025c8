"""The rules of notifications: what is told to whom, and what became of it."""
