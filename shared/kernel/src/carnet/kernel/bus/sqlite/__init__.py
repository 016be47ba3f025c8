"""The embedded bus: a log file in SQLite. One member of a group is served at a time, another stands by."""

from carnet.kernel.bus.sqlite.bus import SqliteBus, shared_bus

__all__ = ["SqliteBus", "shared_bus"]
