"""From a context's private events to the envelopes of what it publishes: at most one for each (promise 5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from carnet.events.catalogue import context_topic
from carnet.events.envelope import Envelope
from carnet.events.fact import Fact
from carnet.kernel.codec import Codec
from carnet.kernel.store.port import EventStore, RecordedEvent

Publish = Callable[[Any], Fact | None]
NEVER = -1


@dataclass(frozen=True)
class Publication:
    """What a context tells the others: its codec, its `publish` function and where the facts come from."""

    context: str
    source: str
    codec: Codec[Any]
    publish: Publish

    @property
    def topic(self) -> str:
        return context_topic(self.context)

    def fact(self, event: RecordedEvent) -> Fact | None:
        """Give what an event publishes, None for a private matter."""
        return self.publish(self.codec.decode(event.type, event.data))

    def envelope(self, event: RecordedEvent, fact: Fact, prev_revision: int) -> Envelope:
        return Envelope(
            id=event.id,
            source=self.source,
            type=fact.TYPE,
            subject=event.stream,
            time=event.recorded_at,
            dataschema=f"{fact.TYPE}.json",
            revision=event.revision,
            prev_revision=prev_revision,
            position=event.position,
            correlationid=event.metadata.get("correlation", ""),
            causationid=event.metadata.get("causation", ""),
            traceparent=event.metadata.get("traceparent", ""),
            data=fact.model_dump_json().encode(),
        )

    async def of_stream(self, store: EventStore, stream: str) -> list[Envelope]:
        """Give all that a stream publishes, in order."""
        return self.envelopes(await store.read(stream))

    def envelopes(self, events: Sequence[RecordedEvent]) -> list[Envelope]:
        """Publish a stream from its beginning: each envelope names the published one before it."""
        made: list[Envelope] = []
        for event in events:
            if (fact := self.fact(event)) is not None:
                made.append(self.envelope(event, fact, made[-1].revision if made else NEVER))
        return made
