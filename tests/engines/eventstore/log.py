"""What the server has recorded: one log, in memory, and in a file where it has to outlive the process."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final

from carnet.kernel.bell import Bell

CLOSED: Final = 2**63 - 1  # the revision of a tombstone
CLOSED_TYPE: Final = "$streamDeleted"
OVERHEAD: Final = 64  # bytes of a record besides its contents, so that positions have gaps as byte offsets do
TABLE: Final = """CREATE TABLE IF NOT EXISTS record (
    position INTEGER PRIMARY KEY, stream TEXT, revision INTEGER, id TEXT, type TEXT, content_type TEXT,
    data BLOB, metadata BLOB, created INTEGER)"""
POSITION: Final = attrgetter("position")


@dataclass(frozen=True, slots=True)
class Record:
    """A recorded event; `created` counts 100 ns since 1970."""

    position: int
    stream: str
    revision: int
    id: str
    type: str
    content_type: str
    data: bytes
    metadata: bytes
    created: int

    def end(self) -> int:
        """Give where the next record may begin."""
        return self.position + OVERHEAD + len(self.type) + len(self.data) + len(self.metadata)


class Log:
    """All records by position, and by stream. A file is read once and written at each append, synchronously."""

    def __init__(self, file: Path | None = None) -> None:
        self.records: list[Record] = []
        self.streams: dict[str, list[Record]] = defaultdict(list)
        self.closed: set[str] = set()
        self.news = Bell()
        self._file = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._file.execute(TABLE)
        for row in self._file.execute("SELECT * FROM record ORDER BY position"):
            self._take(Record(*row))

    def add(self, records: Sequence[Record]) -> None:
        """Record some together or not at all."""
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, records))
        self._file.execute("COMMIT")
        for record in records:
            self._take(record)
        self.news.ring()

    def end(self) -> int:
        """Give where the next record may begin."""
        return self.records[-1].end() if self.records else OVERHEAD

    def head(self, stream: str) -> int:
        """Give a stream's newest revision, -1 where there is no event."""
        return len(self.streams.get(stream, ())) - 1

    def after(self, position: int, *, including: bool = False) -> int:
        """Give the index of the first record past a position, or at it."""
        return (bisect_left if including else bisect_right)(self.records, position, key=POSITION)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _take(self, record: Record) -> None:
        self.records.append(record)
        if record.revision == CLOSED:
            self.closed.add(record.stream)
        else:
            self.streams[record.stream].append(record)
