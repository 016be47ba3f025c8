"""The event store on one SQLite file: one writer thread with group commit, readers beside it."""

from carnet.kernel.store.sqlite.store import SqliteEventStore

__all__ = ["SqliteEventStore"]
