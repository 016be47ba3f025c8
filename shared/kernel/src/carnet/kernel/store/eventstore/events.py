"""Events on their way to and from the server, and which of the server's are ours."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from carnet.kernel.store.eventstore import client as engine
from carnet.kernel.store.eventstore.identity import STREAM
from carnet.kernel.store.port import NewEvent, Position, RecordedEvent, metadata_json

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Names:
    """The streams of one context, behind a prefix where contexts share a server."""

    prefix: str

    def outside(self, stream: str) -> str:
        """Name a stream as the server knows it."""
        return self.prefix + stream

    def pattern(self) -> str:
        """Give the pattern of our streams' names, for the server to filter by: not its own, not the identity's."""
        return rf"{re.escape(self.prefix)}(?!\$)(?!{re.escape(STREAM)}$).+"

    def recorded(self, event: engine.RecordedEvent) -> RecordedEvent:
        """Read an event as the server gives it."""
        return RecordedEvent(
            id=event.id,
            type=event.type,
            data=event.data,
            metadata=MappingProxyType(json.loads(event.metadata or b"{}")),
            stream=event.stream_name.removeprefix(self.prefix),
            revision=event.stream_position,
            position=Position(event.commit_position or 0),
            recorded_at=event.recorded_at or EPOCH,
        )


def proposed(event: NewEvent) -> engine.NewEvent:
    """Write an event as the server takes it."""
    return engine.NewEvent(type=event.type, data=event.data, metadata=metadata_json(event.metadata), id=event.id)


def is_fact(event: engine.RecordedEvent) -> bool:
    """Say whether it is an event, and not the tombstone that the server writes into our streams."""
    return not event.type.startswith("$")
