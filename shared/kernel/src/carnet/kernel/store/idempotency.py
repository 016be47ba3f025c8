"""When an append is new, when it is an exact retry, and when it is refused: EventStoreDB's rule, made stricter.

The server takes the same id twice at the head; here a re-used id is the caller's bug in every adapter.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from carnet.kernel.store.port import EXISTS, EventIdReused, Existing, Expected, StreamTombstoned, WrongRevision


class Stream(Protocol):
    """A stream as the rule sees it; `head` is -1 where there is no event."""

    name: str
    head: int
    tombstoned: bool

    def revision_of(self, event_id: UUID) -> int | None:
        """Give the revision at which the stream holds this id."""
        ...


def earlier_append(stream: Stream, ids: Sequence[UUID], expected: Expected) -> int | None:
    """Give the revision of the last event when all of it stands already, None when it is to be written.

    Raises StreamTombstoned, WrongRevision, EventIdReused.
    """
    if stream.tombstoned:
        raise StreamTombstoned(f"{stream.name} was closed for good.")
    if isinstance(expected, Existing) and expected is EXISTS:
        return _anywhere(stream, ids)
    if is_at(stream, expected):
        refuse_known(stream, ids)
        return None
    return _right_after(stream, ids, expected)


def is_at(stream: Stream, expected: Expected) -> bool:
    """Tell whether a writer's expectation holds."""
    match expected:
        case Existing.EXISTS:
            return stream.head >= 0
        case Existing.NO_STREAM:
            return stream.head == -1
        case int():
            return stream.head == expected


def wrong_revision(stream: Stream, expected: Expected) -> WrongRevision:
    """Make the error that says where the stream is."""
    return WrongRevision(stream.name, expected, stream.head if stream.head >= 0 else None)


def _anywhere(stream: Stream, ids: Sequence[UUID]) -> int | None:
    if not is_at(stream, EXISTS):
        raise wrong_revision(stream, EXISTS)
    first = stream.revision_of(ids[0])
    if first is not None:
        return _whole(stream, ids, first)
    refuse_known(stream, ids)
    return None


def refuse_known(stream: Stream, ids: Sequence[UUID]) -> None:
    """Raise EventIdReused when the stream holds one of the ids."""
    if stream.head >= 0 and any(stream.revision_of(event_id) is not None for event_id in ids):
        raise EventIdReused(f"{stream.name} holds an event with this id already.")


def _right_after(stream: Stream, ids: Sequence[UUID], expected: Expected) -> int:
    first = 0 if isinstance(expected, Existing) else expected + 1
    if stream.revision_of(ids[0]) != first:
        raise wrong_revision(stream, expected)
    return _whole(stream, ids, first)


def _whole(stream: Stream, ids: Sequence[UUID], first: int) -> int:
    if any(stream.revision_of(event_id) != revision for revision, event_id in enumerate(ids, first)):
        raise EventIdReused(f"Only a part of this append to {stream.name} stands already.")
    return first + len(ids) - 1
