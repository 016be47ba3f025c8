"""An event on its way to a consumer: from the own store or from a topic, first as bytes, then as what it says."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from carnet.events.envelope import Envelope
from carnet.kernel.because import Because
from carnet.kernel.bus.port import Delivery
from carnet.kernel.inbound import attributes, is_inbound
from carnet.kernel.store.port import RecordedEvent

F_co = TypeVar("F_co", bound=BaseModel, covariant=True)

INCARNATED: Final = re.compile(r"(/carnet/[^/]+/[^/]+)/[^/]+")
OWN_STORE = ""
"""The topic of what comes from the context's own store."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One event as it arrives, not yet decoded; `position` is its place in the producer's store."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    topic: str
    stream: str
    revision: int
    prev_revision: int
    position: int
    type: str
    data: bytes
    source: str
    at: datetime
    correlation: str
    id: str
    traceparent: str = ""


NOTICE = TypeAdapter(Notice)


@dataclass(frozen=True, slots=True)
class Heard(Generic[F_co]):
    """What a consumer hears: the fact and where it comes from."""

    fact: F_co
    notice: Notice

    def because(self, reaction: str) -> Because:
        """Give the reason of a command that answers this fact; it is once in effect (promise 3)."""
        notice = self.notice
        return Because(
            actor=reaction,
            correlation=notice.correlation,
            causation=f"{reaction}|{origin(notice.source)}|{notice.stream}|{notice.revision}|{notice.id}",
            traceparent=notice.traceparent,
        )


def origin(source: str) -> str:
    """Give whose facts a source tells, whichever incarnation of its store they come from."""
    return found[1] if (found := INCARNATED.fullmatch(source)) else source


def of_tenant(source: str) -> str:
    """Give whose suite a source is of, "" for another system's."""
    return source.split("/")[2] if INCARNATED.fullmatch(source) else ""


def from_store(event: RecordedEvent, source: str) -> Notice:
    """Take an event of the own store, in which every stream is gapless."""
    return Notice(
        topic=OWN_STORE,
        stream=event.stream,
        revision=event.revision,
        prev_revision=event.revision - 1,
        position=event.position,
        type=event.type,
        data=event.data,
        source=source,
        at=event.recorded_at,
        correlation=event.metadata.get("correlation", ""),
        id=str(event.id),
        traceparent=event.metadata.get("traceparent", ""),
    )


@lru_cache(maxsize=1000)  # the consumers of a process hear the same messages
def from_bus(delivery: Delivery) -> Notice:
    """Take a message of a topic; raises ValueError (pydantic's is one) for what is no event of ours."""
    message = delivery.message
    if is_inbound(delivery.topic):
        first_and_only = {"revision": 0, "prev_revision": -1, "position": 0, "data": message.value}
        return Notice(topic=delivery.topic, **attributes(delivery), **first_and_only)  # type: ignore[arg-type]  # checked
    return from_envelope(delivery.topic, Envelope.from_message(message.headers, message.value))


def from_envelope(topic: str, envelope: Envelope) -> Notice:
    return Notice(
        topic=topic,
        stream=envelope.subject,
        revision=envelope.revision,
        prev_revision=envelope.prev_revision,
        position=envelope.position,
        type=envelope.type,
        data=envelope.data,
        source=envelope.source,
        at=envelope.time,
        correlation=envelope.correlationid,
        id=str(envelope.id),
        traceparent=envelope.traceparent,
    )
