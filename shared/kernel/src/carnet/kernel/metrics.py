"""What a service counts about its events and commands, for Prometheus."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

ACK_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
REPEATS: ContextVar[list[bool] | None] = ContextVar("repeats", default=None)
"""Of each command that the request under way has given: was it a repeat? None outside of requests."""


class Metrics:
    """Counters of one service, in a registry of its own (several services may share a process)."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.published = Counter("carnet_relay_published", "Events published", registry=self.registry)
        text = "Seconds from an event's recording until the bus had acknowledged it"
        self.to_ack = Histogram("carnet_append_to_ack_seconds", text, registry=self.registry, buckets=ACK_BUCKETS)
        self.taken = self.by_consumer("carnet_consumer_taken", "Events taken in")
        self.repeats = self.by_consumer("carnet_consumer_repeats", "Events skipped as repeats")
        self.gaps = self.by_consumer("carnet_consumer_gaps", "Gaps healed from the producer's feed")
        self.dead = self.by_consumer("carnet_consumer_dead_letters", "Events that failed for good")
        self.unknown = self.by_consumer("carnet_consumer_unknown", "Events of a type that this release does not know")
        self.unreadable = self.by_consumer("carnet_consumer_unreadable", "Messages that are no events")
        text = "Appends to a stream of over 1,000 events"
        self.long_streams = Counter("carnet_stream_too_long", text, ["category"], registry=self.registry)

    def by_consumer(self, name: str, text: str) -> Counter:
        return Counter(name, text, ["consumer"], registry=self.registry)

    def begin(self, *consumers: str) -> None:
        """Begin what is counted by consumer at 0: from nothing to 1, Prometheus sees no increase."""
        for counter in (self.taken, self.repeats, self.gaps, self.dead, self.unknown, self.unreadable):
            for name in consumers:
                counter.labels(name)

    def acknowledged(self, recorded: Iterable[datetime]) -> None:
        """Observe that the bus has now acknowledged events, by when they were recorded."""
        acknowledged = datetime.now(UTC)
        for at in recorded:
            self.to_ack.observe(max(0.0, (acknowledged - at).total_seconds()))


def note_repeat(repeated: bool) -> None:
    """Note for the request under way whether the command that it has just given was a repeat."""
    if (repeats := REPEATS.get()) is not None:
        repeats.append(repeated)
