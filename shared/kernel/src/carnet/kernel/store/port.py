"""What Carnet asks of an event store, whichever engine keeps the events.

A stream is a gapless list of events, revisions 0, 1, 2 … A batch is appended whole or not at all, at an
expected revision. `$all` is every event of the store in one order; its positions are opaque: they grow,
have gaps and are never counted with.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final, NewType, Protocol, TypeAlias
from uuid import UUID

Position = NewType("Position", int)


class Existing(Enum):
    """An expectation about a stream that names no revision."""

    NO_STREAM = "no stream"
    EXISTS = "exists"


NO_STREAM: Final = Existing.NO_STREAM
EXISTS: Final = Existing.EXISTS
Expected: TypeAlias = int | Existing
Clock: TypeAlias = Callable[[], datetime]

MAX_APPEND_BYTES = 1024 * 1024  # a whole append, as EventStoreDB 24.10 limits and counts it
MAX_STREAM_NAME = 255
JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
FORBIDDEN_TYPES = frozenset({"Result"})  # esdbclient filters it out without a word


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. `id` is unique within its stream and made before the first try."""

    id: UUID
    type: str
    data: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as the store gives it back; `recorded_at` (UTC) is the store's clock, never a business date."""

    id: UUID
    type: str
    data: bytes
    metadata: Mapping[str, str]
    stream: str
    revision: int
    position: Position
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the last event of an append stands."""

    revision: int
    position: Position


class StoreError(Exception):
    """What an event store refuses; itself, and none of its kinds, where the engine cannot work now."""


class WrongRevision(StoreError):
    """The stream is not where the writer expected it; `current` is None for a stream that does not exist."""

    def __init__(self, stream: str, expected: Expected, current: int | None) -> None:
        super().__init__(f"{stream} is at {current}, not at {expected}")
        self.stream, self.expected, self.current = stream, expected, current


class StreamTombstoned(StoreError):
    """The stream was closed for good."""


class EventIdReused(StoreError):
    """An id stands in the stream already and this is no whole retry: the caller's bug."""


class AppendRefused(StoreError):
    """An append that no adapter takes: empty, too large, an odd name or a forbidden type."""


class NewerStore(StoreError):
    """The store was written by a newer version of Carnet."""


class OtherTenant(StoreError):
    """The store belongs to another tenant, or keeps another context's events."""


def utc_now() -> datetime:
    """Read the machine's clock: when an event was recorded, never when it happened."""
    return datetime.now(UTC)


class EventStore(Protocol):
    """One suite (`tests/store/test_event_store.py`) runs over every adapter of this port."""

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        """Append all of `events` or none.

        An exact retry (same ids from `expected` + 1 on) answers as the first time and writes nothing.
        Raises WrongRevision, StreamTombstoned, EventIdReused, AppendRefused.
        """
        ...

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        """Read the stream's events past revision `after`, in order; [] where there is no such stream.

        With a `limit` (1 or more) at most so many: a stream that may be long is read by the page.
        Raises StreamTombstoned.
        """
        ...

    async def read_all(self, after: Position | None = None, limit: int = 1000) -> list[RecordedEvent]:
        """Give a page of `$all` past `after` (None: from the start), in order."""
        ...

    def subscribe(self, after: Position | None = None) -> AsyncGenerator[list[RecordedEvent], None]:
        """Yield pages of `$all` past `after` for ever: first what is there, then what comes. Never an empty page.

        Who stops before the end of time wraps it in `contextlib.aclosing`. Raises StoreError once the store closes.
        """
        ...

    async def head(self) -> Position | None:
        """Give the position of the newest event, None in an empty store."""
        ...

    async def incarnation(self) -> UUID:
        """Give the id that this store got when it was made; a restored store gets a later one (`incarnation_after`)."""
        ...

    async def renew(self) -> UUID:
        """Give this store a new incarnation, later than the one before, as a restored one needs; gives its id.

        While others have the store open, they go on with the one before.
        """
        ...

    async def tombstone(self, stream: str, expected: Expected) -> None:
        """Close a stream for good: its events leave `read`, not `$all`, and no append is taken again.

        From a server that is scavenged they leave `$all` too, some day.
        A closed stream stays closed whatever is expected. Raises WrongRevision.
        """
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of the engine. Whatever is asked later raises StoreError."""
        ...


STREAM_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def check_append(stream: str, events: Sequence[NewEvent]) -> int:
    """Give the size of an append in bytes. Raises AppendRefused for what no adapter takes."""
    check_name(stream)
    if not events:
        raise AppendRefused("An append holds at least one event.")
    if any(event.type in FORBIDDEN_TYPES or not event.type for event in events):
        raise AppendRefused("An event's type may not be empty or 'Result'.")
    if len({event.id for event in events}) < len(events):
        raise EventIdReused(f"Two events of one append to {stream} have the same id.")
    return check_size(stream, events)


def check_name(stream: str) -> None:
    """Raise AppendRefused for a name that some engine cannot keep."""
    if not STREAM_NAME.fullmatch(stream) or stream.startswith("$") or len(stream.encode()) > MAX_STREAM_NAME:
        raise AppendRefused(f"{stream!r} is no name for a stream: 1 to 255 bytes, no control characters, no leading $.")


def check_size(stream: str, events: Sequence[NewEvent]) -> int:
    """Give the size in bytes. Raises AppendRefused above 1 MiB, and for text that UTF-8 cannot carry."""
    try:
        size = sum(map(size_of, events))
    except UnicodeEncodeError as error:
        raise AppendRefused(f"An event for {stream} holds text that is no Unicode: {error}.") from error
    if size > MAX_APPEND_BYTES:
        raise AppendRefused(f"An append is at most 1 MiB; this one to {stream} has {size} bytes.")
    return size


def size_of(event: NewEvent) -> int:
    """Give what an event counts towards the limit of an append, in bytes: metadata as JSON, the type in UTF-16."""
    return len(event.data) + len(metadata_json(event.metadata)) + len(event.type.encode("utf-16-le"))


def metadata_json(metadata: Mapping[str, str]) -> bytes:
    """Write metadata as an engine keeps it: a flat JSON object of strings."""
    return JSON.encode(dict(metadata)).encode()
