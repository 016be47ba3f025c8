"""The event store in memory: for tests, and the plainest statement of what the port means."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from carnet.kernel.store.bells import Bells, follow
from carnet.kernel.store.idempotency import earlier_append, is_at, wrong_revision
from carnet.kernel.store.incarnation import incarnation_after
from carnet.kernel.store.port import (
    Appended,
    Clock,
    Expected,
    NewEvent,
    Position,
    RecordedEvent,
    StoreError,
    StreamTombstoned,
    check_append,
    check_name,
    utc_now,
)


@dataclass
class MemoryStream:
    name: str
    events: list[RecordedEvent] = field(default_factory=list)
    revisions: dict[UUID, int] = field(default_factory=dict)
    tombstoned: bool = False
    head: int = -1

    def revision_of(self, event_id: UUID) -> int | None:
        return self.revisions.get(event_id)

    def add(self, event: RecordedEvent) -> None:
        self.events.append(event)
        self.revisions[event.id] = self.head = event.revision


class MemoryEventStore:
    """An EventStore whose events live as long as the object. One event loop uses it."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._streams: dict[str, MemoryStream] = {}
        self._all: list[RecordedEvent] = []
        self._bells = Bells()
        self._incarnation = incarnation_after()
        self._closed = False

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        self._check_open()
        check_append(stream, events)
        target = self._streams.get(stream) or MemoryStream(stream)
        if (revision := earlier_append(target, [event.id for event in events], expected)) is not None:
            return Appended(revision, target.events[revision].position)
        return self._write(target, events)

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        self._check_open()
        target = self._streams.get(stream) or MemoryStream(stream)
        if target.tombstoned:
            raise StreamTombstoned(f"{stream} was closed for good.")
        return target.events[max(after + 1, 0) :][:limit]

    async def read_all(self, after: Position | None = None, limit: int = 1000) -> list[RecordedEvent]:
        self._check_open()
        return self._all[after or 0 :][: max(limit, 0)]

    def subscribe(self, after: Position | None = None) -> AsyncGenerator[list[RecordedEvent], None]:
        return follow(self._bells.hang(), self.read_all, after)

    async def head(self) -> Position | None:
        self._check_open()
        return self._all[-1].position if self._all else None

    async def incarnation(self) -> UUID:
        return self._incarnation

    async def renew(self) -> UUID:
        self._check_open()
        self._incarnation = incarnation_after(self._incarnation)
        return self._incarnation

    async def tombstone(self, stream: str, expected: Expected) -> None:
        self._check_open()
        check_name(stream)
        target = self._streams.get(stream) or MemoryStream(stream)
        if not target.tombstoned and not is_at(target, expected):
            raise wrong_revision(target, expected)
        target.tombstoned = True
        self._streams[stream] = target

    async def close(self) -> None:
        self._closed = True
        self._bells.ring()

    def _write(self, target: MemoryStream, events: Sequence[NewEvent]) -> Appended:
        now = self._clock()
        for event in events:
            recorded = self._record(event, target, now)
            target.add(recorded)
            self._all.append(recorded)
        self._streams[target.name] = target
        self._bells.ring()
        return Appended(target.head, self._all[-1].position)

    def _record(self, event: NewEvent, target: MemoryStream, now: datetime) -> RecordedEvent:
        return RecordedEvent(
            id=event.id,
            type=event.type,
            data=event.data,
            metadata=dict(event.metadata),
            stream=target.name,
            revision=target.head + 1,
            position=Position(len(self._all) + 1),
            recorded_at=now,
        )

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("The event store is closed.")
