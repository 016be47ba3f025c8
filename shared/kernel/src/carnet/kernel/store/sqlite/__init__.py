"""The event store on one SQLite file: one writer thread with group commit, readers beside it."""

from carnet.kernel.store.sqlite.schema import NewerStore, OtherTenant
from carnet.kernel.store.sqlite.store import SqliteEventStore

__all__ = ["NewerStore", "OtherTenant", "SqliteEventStore"]
