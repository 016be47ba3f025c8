"""The adapter: the port's words, spread over connection, reader, writer and watch."""

import sys
from collections.abc import AsyncGenerator, Sequence
from typing import Self
from uuid import UUID

from carnet.kernel.store.bells import Bells, follow
from carnet.kernel.store.eventstore.address import Address, checked_prefix
from carnet.kernel.store.eventstore.client import Client
from carnet.kernel.store.eventstore.connection import Connection
from carnet.kernel.store.eventstore.events import Names
from carnet.kernel.store.eventstore.identity import STREAM, claim, renew
from carnet.kernel.store.eventstore.known import Lately
from carnet.kernel.store.eventstore.reading import Reader
from carnet.kernel.store.eventstore.watch import Watch
from carnet.kernel.store.eventstore.writing import Writer
from carnet.kernel.store.port import (
    Appended,
    AppendRefused,
    Expected,
    NewEvent,
    Position,
    RecordedEvent,
    check_append,
    check_name,
)
from carnet.kernel.store.shared import SharedReads


class EventStoreDb:
    """An EventStore on EventStoreDB or KurrentDB. One event loop uses it; it connects when it is first asked.

    Whatever the server does not answer is StoreError with one sentence, and the next call tries again.
    """

    def __init__(self, address: Address, tenant: str, context: str, prefix: str) -> None:
        self._names, self._owner = Names(prefix), (tenant, context)
        self._identity = self._names.outside(STREAM)
        self._connection = Connection(address, self._meet)
        self._lately = Lately()
        self._reader = Reader(self._connection, self._names)
        self._writer = Writer(self._connection, self._names, self._reader, self._lately)
        bells = Bells()
        self._shared = SharedReads(self.read_all, lambda: bells.rung)
        self._watch = Watch(bells, self.head, self._reader.live, self._shared.take)

    @classmethod
    def open(cls, uri: str, *, tenant: str, context: str, prefix: str = "") -> Self:
        """Take a server's address; a store belongs to the first tenant, and the first context, that comes.

        Raises BadSettings for an address that makes no sense. NewerStore, OtherTenant and StoreError come with the
        first call, each with one sentence.
        """
        return cls(Address.parse(uri), tenant, context, checked_prefix(prefix))

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        check_append(stream, events)
        check_free(stream)
        return await self._writer.append(stream, tuple(events), expected)

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        events = await self._reader.stream(stream, after, limit or sys.maxsize)
        if events:
            self._lately.learn(stream, [event.id for event in events], events[0].revision)
        return events

    async def read_all(self, after: Position | None = None, limit: int = 1000) -> list[RecordedEvent]:
        return await self._reader.all(after, limit)

    def subscribe(self, after: Position | None = None) -> AsyncGenerator[list[RecordedEvent], None]:
        return follow(self._watch.bell(), self._shared.page, after)

    async def head(self) -> Position | None:
        return await self._reader.head()

    async def incarnation(self) -> UUID:
        return await self._connection.ask(self._claim)

    async def renew(self) -> UUID:
        return await self._connection.ask(lambda client: renew(client, self._identity))

    async def tombstone(self, stream: str, expected: Expected) -> None:
        check_name(stream)
        check_free(stream)
        await self._writer.tombstone(stream, expected)

    async def close(self) -> None:
        self._connection.refuse()
        await self._watch.close()
        await self._connection.close()

    async def _claim(self, client: Client) -> UUID:
        return await claim(client, self._identity, *self._owner)

    async def _meet(self, client: Client) -> None:
        await self._claim(client)


def check_free(stream: str) -> None:
    """Raise AppendRefused for the one name that the adapter keeps for itself."""
    if stream == STREAM:
        raise AppendRefused(f"{STREAM!r} says whose store this is, and takes no events.")
