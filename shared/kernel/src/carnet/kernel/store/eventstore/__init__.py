"""The event store on EventStoreDB or KurrentDB, through whichever of their two clients is installed."""

from carnet.kernel.store.eventstore.store import EventStoreDb

__all__ = ["EventStoreDb"]
