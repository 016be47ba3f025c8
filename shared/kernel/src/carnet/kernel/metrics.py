"""What a service counts about its events and commands, for Prometheus."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

ACK_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
# when each counter was made would be a third of all series, and the process says when it began
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types there
REPEATS: ContextVar[list[bool] | None] = ContextVar("repeats", default=None)
"""Of each command that the request under way has given: was it a repeat? None outside of requests."""


@dataclass(frozen=True)
class Counted:
    """Something that a context counts of its own, by the values of one label, all of which are known in advance."""

    name: str
    text: str
    label: str
    values: tuple[str, ...]


class Metrics:
    """Counters of one service, in a registry of its own (several services may share a process)."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.own: dict[Counted, Counter] = {}
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

    def begin(self, consumers: Iterable[str]) -> None:
        """Begin what is counted by consumer at 0: from nothing to 1, Prometheus sees no increase."""
        for name in consumers:
            for counter in (self.taken, self.repeats, self.gaps, self.dead, self.unknown, self.unreadable):
                counter.labels(name)

    def begin_own(self, counted: Iterable[Counted]) -> None:
        """Begin what the context counts of its own at 0, once also where the service begins twice."""
        for what in set(counted) - self.own.keys():
            self.own[what] = Counter(what.name, what.text, [what.label], registry=self.registry)
            for value in what.values:
                self.own[what].labels(value)

    def count(self, what: Counted, value: str) -> None:
        """Count one more of what the context has begun."""
        self.own[what].labels(value).inc()

    def acknowledged(self, recorded: Iterable[datetime]) -> None:
        """Observe that the bus has now acknowledged events, by when they were recorded."""
        acknowledged = datetime.now(UTC)
        for at in recorded:
            self.to_ack.observe(max(0.0, (acknowledged - at).total_seconds()))


def note_repeat(repeated: bool) -> None:
    """Note for the request under way whether the command that it has just given was a repeat."""
    if (repeats := REPEATS.get()) is not None:
        repeats.append(repeated)
