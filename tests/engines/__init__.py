"""Real engines for tests and bench: where they come from, and why they are not there."""


class NotHere(Exception):
    """An engine that is not to be had on this machine; says what was looked for."""
