"""What the writer does to the tables, inside the transaction that it has begun."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from carnet.kernel.store.idempotency import earlier_append, is_at, wrong_revision
from carnet.kernel.store.incarnation import incarnation_after
from carnet.kernel.store.port import Appended, Clock, Expected, NewEvent, Position, metadata_json
from carnet.kernel.store.sqlite.stream import SqliteStream, find_stream

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
REMEMBERED_STREAMS: Final = 50_000
INSERT: Final = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

Row = tuple[int, int, int, bytes, str, bytes, str, int]


class Ledger:
    """The tables, with a memory of where streams stand that holds until somebody else writes the file."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection, self._clock = connection, clock
        self._streams: dict[str, SqliteStream] = {}
        self._version = self._position = -1

    def refresh(self) -> None:
        """Forget what another connection may have changed; called at the start of each transaction."""
        version = self._number("PRAGMA data_version")
        if version != self._version or len(self._streams) > REMEMBERED_STREAMS:
            self.forget()
            self._position = self._number("SELECT coalesce(max(position), 0) FROM event")
            self._version = version

    def forget(self) -> None:
        """Drop the memory, also after a rollback."""
        self._streams.clear()
        self._version = -1

    def append(self, name: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        """Append or recognise a retry. Refuses before it has written anything."""
        stream = self._stream(name)
        revision = earlier_append(stream, [event.id for event in events], expected)
        return self._write(stream, events) if revision is None else self._appended(stream, revision)

    def tombstone(self, name: str, expected: Expected) -> None:
        """Close the stream. Raises WrongRevision."""
        stream = self._stream(name)
        if stream.tombstoned:
            return
        if not is_at(stream, expected):
            raise wrong_revision(stream, expected)
        self._connection.execute("UPDATE stream SET tombstoned = 1 WHERE number = ?", (stream.numbered(),))
        stream.tombstoned = True

    def renew(self) -> UUID:
        """Give the store a later incarnation."""
        former = self._connection.execute("SELECT value FROM meta WHERE key = 'incarnation'").fetchone()[0]
        new = incarnation_after(UUID(former))
        self._connection.execute("UPDATE meta SET value = ? WHERE key = 'incarnation'", (str(new),))
        return new

    def _stream(self, name: str) -> SqliteStream:
        if (known := self._streams.get(name)) is None:
            known = self._streams[name] = find_stream(self._connection, name)
        return known

    def _write(self, stream: SqliteStream, events: Sequence[NewEvent]) -> Appended:
        self._connection.executemany(INSERT, self._rows(stream, events))
        stream.head += len(events)
        self._position += len(events)
        return Appended(stream.head, Position(self._position))

    def _rows(self, stream: SqliteStream, events: Sequence[NewEvent]) -> Iterator[Row]:
        number, recorded_at = stream.numbered(), (self._clock() - EPOCH) // MICROSECOND
        for n, event in enumerate(events, 1):
            metadata = metadata_json(event.metadata).decode()
            yield (
                self._position + n,
                number,
                stream.head + n,
                event.id.bytes,
                event.type,
                event.data,
                metadata,
                recorded_at,
            )

    def _appended(self, stream: SqliteStream, revision: int) -> Appended:
        position = self._number(
            "SELECT position FROM event WHERE stream = ? AND revision = ?", (stream.number, revision)
        )
        return Appended(revision, Position(position))

    def _number(self, query: str, values: tuple[int | None, ...] = ()) -> int:
        return int(self._connection.execute(query, values).fetchone()[0])
