"""The `carnet` command: the suite in one process, the demonstration, and what an operator asks of a data folder."""
