"""Reading beside the writer: a few threads, each with its own connection, page by page."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import local
from typing import Final, TypeVar
from uuid import UUID

from carnet.kernel.store.port import Position, RecordedEvent, StoreError, StreamTombstoned
from carnet.kernel.store.sqlite.ledger import EPOCH
from carnet.kernel.store.sqlite.schema import connect

PAGE: Final = 1000  # rows; a cursor held open longer lets the WAL grow without bound
THREADS: Final = 4
COLUMNS: Final = "e.id, e.type, e.data, e.metadata, s.name, e.revision, e.position, e.recorded_at"
OF_STREAM: Final = f"""SELECT {COLUMNS} FROM stream s JOIN event e ON e.stream = s.number
    WHERE s.name = ? AND e.revision > ? ORDER BY e.revision LIMIT {PAGE}"""  # noqa: S608 constants only
OF_ALL: Final = f"""SELECT {COLUMNS} FROM event e CROSS JOIN stream s ON s.number = e.stream
    WHERE e.position > ? ORDER BY e.position LIMIT ?"""  # noqa: S608 constants only

T = TypeVar("T")
Row = tuple[bytes, str, bytes, str, str, int, int, int]


class Reader:
    """Runs queries off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="event reader")
        self._own = local()
        self._connections: list[sqlite3.Connection] = []

    async def run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Give what `query` finds. Raises StoreError, also after closing."""
        loop = asyncio.get_running_loop()
        try:
            answer = loop.run_in_executor(self._threads, self._ask, query)
        except RuntimeError as error:
            raise StoreError("The event store is closed.") from error
        return await answer

    def close(self) -> None:
        """Let running queries end, then close the connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _ask(self, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return query(self._connection())
        except sqlite3.Error as error:
            raise StoreError(f"The event store could not read: {error}.") from error

    def _connection(self) -> sqlite3.Connection:
        own: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if own is None:
            own = self._own.connection = connect(self._path)
            own.execute("PRAGMA query_only = ON")
            self._connections.append(own)
        return own


def stream_events(connection: sqlite3.Connection, name: str, after: int) -> list[RecordedEvent]:
    """Read a stream past revision `after`. Raises StreamTombstoned."""
    if connection.execute("SELECT 1 FROM stream WHERE name = ? AND tombstoned", (name,)).fetchone():
        raise StreamTombstoned(f"{name} was closed for good.")
    events: list[RecordedEvent] = []
    while page := _page(connection, OF_STREAM, (name, after)):
        events += page
        after = page[-1].revision
        if len(page) < PAGE:
            break
    return events


def all_events(connection: sqlite3.Connection, after: int, limit: int) -> list[RecordedEvent]:
    """Read up to `limit` events of the whole store past position `after`."""
    events: list[RecordedEvent] = []
    while (rest := min(limit - len(events), PAGE)) > 0:
        page = _page(connection, OF_ALL, (after, rest))
        events += page
        if len(page) < rest:
            break
        after = page[-1].position
    return events


def newest(connection: sqlite3.Connection) -> Position | None:
    """Read the position of the newest event."""
    position = connection.execute("SELECT max(position) FROM event").fetchone()[0]
    return position and Position(position)


def _page(connection: sqlite3.Connection, query: str, values: tuple[str | int, ...]) -> list[RecordedEvent]:
    return [_recorded(row) for row in connection.execute(query, values).fetchall()]


def _recorded(row: Row) -> RecordedEvent:
    event_id, kind, data, metadata, stream, revision, position, micros = row
    return RecordedEvent(
        id=UUID(bytes=event_id),
        type=kind,
        data=data,
        metadata=json.loads(metadata),
        stream=stream,
        revision=revision,
        position=Position(position),
        recorded_at=EPOCH + timedelta(microseconds=micros),
    )
