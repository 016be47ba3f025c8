"""What readers ask, page by page: a cursor is closed before anybody looks at its rows."""

import json
import sqlite3
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from uuid import UUID

from carnet.kernel.store.port import Position, RecordedEvent, StreamTombstoned
from carnet.kernel.store.sqlite.ledger import EPOCH

PAGE: Final = 1000  # rows; a cursor held open longer lets the WAL grow without bound
COLUMNS: Final = "e.id, e.type, e.data, e.metadata, s.name, e.revision, e.position, e.recorded_at"
OF_STREAM: Final = f"""SELECT {COLUMNS} FROM stream s JOIN event e ON e.stream = s.number
    WHERE s.name = ? AND e.revision > ? ORDER BY e.revision LIMIT ?"""  # noqa: S608 constants only
OF_ALL: Final = f"""SELECT {COLUMNS} FROM event e CROSS JOIN stream s ON s.number = e.stream
    WHERE e.position > ? ORDER BY e.position LIMIT ?"""  # noqa: S608 constants only


Row = tuple[bytes, str, bytes, str, str, int, int, int]


def stream_events(connection: sqlite3.Connection, name: str, after: int, limit: int | None) -> list[RecordedEvent]:
    """Read up to `limit` events of a stream past revision `after`, without one all. Raises StreamTombstoned."""
    if connection.execute("SELECT 1 FROM stream WHERE name = ? AND tombstoned", (name,)).fetchone():
        raise StreamTombstoned(f"{name} was closed for good.")
    events: list[RecordedEvent] = []
    while (rest := min((limit or sys.maxsize) - len(events), PAGE)) > 0:
        page = _page(connection, OF_STREAM, (name, after, rest))
        events += page
        if len(page) < rest:
            break
        after = page[-1].revision
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


@lru_cache(maxsize=1024)  # the events of one request have the same, and many consumers read them
def read_metadata(text: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(text))


def _recorded(row: Row) -> RecordedEvent:
    event_id, kind, data, metadata, stream, revision, position, micros = row
    return RecordedEvent(
        id=UUID(bytes=event_id),
        type=kind,
        data=data,
        metadata=read_metadata(metadata),
        stream=stream,
        revision=revision,
        position=Position(position),
        recorded_at=EPOCH + timedelta(microseconds=micros),
    )
