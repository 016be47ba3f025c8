"""What the adapter writes: appends at a revision that it knows, and tombstones."""

from collections.abc import Sequence
from typing import Final

from carnet.kernel.store.eventstore.client import Client, NotFound, StreamIsDeleted, StreamState, WrongCurrentVersion
from carnet.kernel.store.eventstore.connection import Connection
from carnet.kernel.store.eventstore.events import Names, proposed
from carnet.kernel.store.eventstore.known import KnownStream, Lately
from carnet.kernel.store.eventstore.reading import Reader
from carnet.kernel.store.idempotency import earlier_append, wrong_revision
from carnet.kernel.store.port import (
    EXISTS,
    NO_STREAM,
    Appended,
    Expected,
    NewEvent,
    Position,
    StoreError,
    StreamTombstoned,
)

ATTEMPTS: Final = 50  # of an append to wherever the head is; each that fails is one of another's that succeeded


class Writer:
    """Writes through a connection. The server gives back no revision: what was expected, and how many, gives it."""

    def __init__(self, connection: Connection, names: Names, reader: Reader, lately: Lately) -> None:
        self._connection, self._names, self._reader, self._lately = connection, names, reader, lately

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        """Append at the head that we know, and look again where it is elsewhere; raises as the port says."""
        ids = [event.id for event in events]
        known = self._lately.find(stream) or (KnownStream(stream) if expected is NO_STREAM else None)
        if known is None or not known.takes(ids, expected):
            known = await self._look(stream)
        for _ in range(ATTEMPTS):
            if (revision := earlier_append(known, ids, expected)) is not None:
                return Appended(revision, await self._position(stream, revision))
            try:
                return await self._write(stream, events, known.head)
            except WrongCurrentVersion:
                known = await self._look(stream)
            except StreamIsDeleted:
                raise StreamTombstoned(f"{stream} was closed for good.") from None
        raise StoreError(f"Others write to {stream} all the time: an append came too late {ATTEMPTS} times.")

    async def tombstone(self, stream: str, expected: Expected) -> None:
        """Close a stream for good; raises WrongRevision."""
        self._lately.forget(stream)
        try:
            await self._close(stream, expected)
        except StreamIsDeleted:
            return
        except (WrongCurrentVersion, NotFound):
            if not (known := await self._look(stream)).tombstoned:
                raise wrong_revision(known, expected) from None

    async def _close(self, stream: str, expected: Expected) -> None:
        if isinstance(expected, int) and expected < -1:
            raise WrongCurrentVersion  # no stream is there, and the client has no word for it
        outside, at = self._names.outside(stream), version_of(expected)
        await self._connection.ask(lambda client: client.tombstone_stream(outside, current_version=at))

    async def _look(self, stream: str) -> KnownStream:
        """Read what a stream holds beyond what we know of it."""
        known = self._lately.find(stream) or KnownStream(stream)
        try:
            events = await self._reader.stream(stream, known.head)
        except StreamTombstoned:
            return KnownStream(stream, tombstoned=True)
        return self._lately.learn(stream, [event.id for event in events], events[0].revision if events else 0)

    async def _write(self, stream: str, events: Sequence[NewEvent], head: int) -> Appended:
        outside, new = self._names.outside(stream), [proposed(event) for event in events]

        async def ask(client: Client) -> int:
            return await client.append_to_stream(outside, current_version=version_of(head), events=new)

        position = await self._connection.ask(ask)
        self._lately.learn(stream, [event.id for event in events], head + 1)
        revision = head + len(events)
        return Appended(revision, Position(position) if position else await self._position(stream, revision))

    async def _position(self, stream: str, revision: int) -> Position:
        """Read where an event stands: of a repeated append a server may not say it."""
        [event] = await self._reader.stream(stream, revision - 1, limit=1)
        return event.position


def version_of(expected: Expected) -> int | StreamState:
    """Give an expectation in the client's words."""
    if expected is EXISTS:
        return StreamState.EXISTS
    return expected if isinstance(expected, int) and expected >= 0 else StreamState.NO_STREAM
