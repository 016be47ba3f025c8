"""Where a stream stands in the file."""

import sqlite3
from dataclasses import dataclass
from typing import Final
from uuid import UUID

STREAM: Final = """SELECT number, tombstoned, (SELECT coalesce(max(revision), -1) FROM event WHERE stream = number)
    FROM stream WHERE name = ?"""


@dataclass(slots=True)
class SqliteStream:
    """Where a stream stands; `number` is None until it has a row."""

    connection: sqlite3.Connection
    name: str
    number: int | None = None
    tombstoned: bool = False
    head: int = -1

    def revision_of(self, event_id: UUID) -> int | None:
        row = self.connection.execute(
            "SELECT revision FROM event WHERE stream = ? AND id = ?", (self.number, event_id.bytes)
        ).fetchone()
        return row and int(row[0])

    def numbered(self) -> int:
        """Give the number, after making the row where there is none."""
        if self.number is None:
            self.number = self.connection.execute("INSERT INTO stream (name) VALUES (?)", (self.name,)).lastrowid
        return self.number or 0


def find_stream(connection: sqlite3.Connection, name: str) -> SqliteStream:
    """Read where a stream stands, whether it has a row or not."""
    row = connection.execute(STREAM, (name,)).fetchone() or (None, False, -1)
    return SqliteStream(connection, name, row[0], bool(row[1]), row[2])
