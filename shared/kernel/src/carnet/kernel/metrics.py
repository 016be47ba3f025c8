"""What a service counts about its events, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """Counters of one service, in a registry of its own (several services may share a process)."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.published = Counter("carnet_relay_published", "Events published", registry=self.registry)
        self.relay_lag = Gauge("carnet_relay_lag_seconds", "Age of the newest event published", registry=self.registry)
        self.taken = self.by_consumer("carnet_consumer_taken", "Events taken in")
        self.repeats = self.by_consumer("carnet_consumer_repeats", "Events skipped as repeats")
        self.gaps = self.by_consumer("carnet_consumer_gaps", "Gaps healed from the producer's feed")
        self.dead = self.by_consumer("carnet_consumer_dead_letters", "Events that failed for good")
        self.unknown = self.by_consumer("carnet_consumer_unknown", "Events of a type that this release does not know")
        self.unreadable = self.by_consumer("carnet_consumer_unreadable", "Messages that are no events")

        text = "Events that have waited for their facts for over an hour"
        self.overdue = Gauge("carnet_consumer_overdue", text, ["consumer"], registry=self.registry)
        text = "Appends to a stream of over 1,000 events"
        self.long_streams = Counter("carnet_stream_too_long", text, ["category"], registry=self.registry)

    def by_consumer(self, name: str, text: str) -> Counter:
        return Counter(name, text, ["consumer"], registry=self.registry)
