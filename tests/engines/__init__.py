"""Real engines for tests and bench: where they come from, and why they are not there."""
