"""The adapter: the port's words, spread over writer, reader and watch."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Self
from uuid import UUID

from carnet.kernel.store.bells import follow
from carnet.kernel.store.port import (
    Appended,
    Clock,
    Expected,
    NewEvent,
    Position,
    RecordedEvent,
    check_append,
    check_name,
    utc_now,
)
from carnet.kernel.store.shared import SharedReads
from carnet.kernel.store.sqlite.ledger import Ledger
from carnet.kernel.store.sqlite.queries import all_events, newest, stream_events
from carnet.kernel.store.sqlite.reading import Reader
from carnet.kernel.store.sqlite.schema import prepare
from carnet.kernel.store.sqlite.watch import Watch
from carnet.kernel.store.sqlite.writer import Writer


class SqliteEventStore:
    """An EventStore in one file, which several processes may share; any event loop may use it."""

    def __init__(self, path: Path, tenant: str | None, clock: Clock) -> None:
        connection, self._incarnation = prepare(path, tenant)
        self._watch = Watch(path)
        self._reader = Reader(path)
        self._shared = SharedReads(self.read_all, self._watch.rung)
        self._writer = Writer(connection, clock, self._watch.ring)

    @classmethod
    def open(cls, path: Path, *, tenant: str | None = None, clock: Clock = utc_now) -> Self:
        """Open the file, or make it; the folder must be there.

        A file belongs to the first tenant that opens it; None opens any. Raises NewerStore, OtherTenant and
        StoreError, each with one sentence.
        """
        return cls(path, tenant, clock)

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        size = check_append(stream, events)
        accepted = tuple(events)

        def act(ledger: Ledger) -> Appended:
            return ledger.append(stream, accepted, expected)

        return await self._writer.write(act, size)

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        return await self._reader.run(lambda connection: stream_events(connection, stream, after, limit))

    async def read_all(self, after: Position | None = None, limit: int = 1000) -> list[RecordedEvent]:
        return await self._reader.run(lambda connection: all_events(connection, after or 0, limit))

    def subscribe(self, after: Position | None = None) -> AsyncGenerator[list[RecordedEvent], None]:
        return follow(self._watch.bell(), self._shared.page, after)

    async def head(self) -> Position | None:
        return await self._reader.run(newest)

    async def incarnation(self) -> UUID:
        return self._incarnation

    async def renew(self) -> UUID:
        self._incarnation = await self._writer.write(lambda ledger: ledger.renew(), 0)
        return self._incarnation

    async def tombstone(self, stream: str, expected: Expected) -> None:
        check_name(stream)
        await self._writer.write(lambda ledger: ledger.tombstone(stream, expected), 0)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._reader.close()
        self._watch.close()
