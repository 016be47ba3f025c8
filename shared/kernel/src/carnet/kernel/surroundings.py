"""What every consumer of a service works with."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import Bus
from carnet.kernel.database import Database
from carnet.kernel.metrics import Metrics
from carnet.kernel.notice import Notice
from carnet.kernel.store.port import EventStore
from carnet.kernel.tracing import SILENT, Tracing

GAP_SECONDS = 30.0


class Feeds(Protocol):
    """The producers' feeds, from which gaps are healed (promise 5)."""

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        """Give the published events of a stream with `after` < revision < `before`, from its producer's store."""
        ...

    def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        """Give all that a topic's producer has published, in pages, from its store."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What every consumer of a service works with."""

    store: EventStore
    bus: Bus
    database: Database
    feeds: Feeds
    metrics: Metrics
    source: str
    gap_seconds: float = GAP_SECONDS
    tracing: Tracing = SILENT
    news: Bell = field(default_factory=Bell)
    """Rings whenever a consumer of this service took something in: facts that others may wait for."""


def now() -> datetime:
    """Give the record time: when the kernel did something, never a business date."""
    return datetime.now(UTC)
