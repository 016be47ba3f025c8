"""What the adapter reads: one stream, pages of `$all`, its head, and what comes."""

import asyncio
import sys
from collections.abc import AsyncGenerator

from carnet.kernel.store.eventstore.client import Client, NotFound, StreamIsDeleted, whole
from carnet.kernel.store.eventstore.client import RecordedEvent as Found
from carnet.kernel.store.eventstore.connection import Connection, Subscription
from carnet.kernel.store.eventstore.events import Names, is_fact
from carnet.kernel.store.eventstore.watch import Heard
from carnet.kernel.store.port import Position, RecordedEvent, StreamTombstoned

READ_SECONDS = 60.0  # in which a whole stream, or a page, has come


class Reader:
    """Reads through a connection; the events are ours, and named as the port names them."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection, self._names = connection, names

    async def stream(self, name: str, after: int, limit: int = sys.maxsize) -> list[RecordedEvent]:
        """Read a stream past revision `after`; raises StreamTombstoned."""

        async def ask(client: Client) -> list[RecordedEvent]:
            first, outside = max(after + 1, 0), self._names.outside(name)
            response = await client.read_stream(outside, stream_position=first, limit=limit, timeout=READ_SECONDS)
            return [self._names.recorded(event) for event in await whole(response)]

        try:
            return await self._connection.ask(ask)
        except NotFound:
            return []
        except StreamIsDeleted:
            raise StreamTombstoned(f"{name} was closed for good.") from None

    async def all(self, after: Position | None, limit: int) -> list[RecordedEvent]:
        """Read up to `limit` events past a position; the server gives the event at the position too."""
        events: list[RecordedEvent] = []
        while (wanted := limit - len(events) + (after is not None)) > (after is not None):
            page = await self._page(after, wanted)
            events += [self._names.recorded(e) for e in page if is_fact(e) and e.commit_position != after]
            if len(page) < wanted:
                break
            after = Position(page[-1].commit_position or 0)
        return events[: max(limit, 0)]

    async def head(self) -> Position | None:
        """Give the newest event's position; a tombstone may stand behind it, though seldom."""
        for limit in (1, 1000, sys.maxsize):
            page = await self._page(None, limit, backwards=True)
            newest = next((event for event in page if is_fact(event)), None)
            if newest is not None or len(page) < limit:
                return None if newest is None else Position(newest.commit_position or 0)
        return None

    async def live(self, after: Position | None) -> AsyncGenerator[Heard, None]:
        """Follow `$all` past a position until the subscription is dropped; raises StoreError."""
        yielded = self._connection.events(lambda client: self._subscribe(client, after))
        async for found in yielded:
            if found is None:
                yield after, None
            else:
                ours = not found.is_checkpoint and is_fact(found)
                yield Position(found.commit_position or 0), self._names.recorded(found) if ours else None

    async def _page(self, after: Position | None, limit: int, *, backwards: bool = False) -> list[Found]:
        async def ask(client: Client) -> list[Found]:
            response = await client.read_all(
                commit_position=after,
                backwards=backwards,
                limit=limit,
                filter_include=(self._names.pattern(),),
                filter_by_stream_name=True,
                timeout=READ_SECONDS,
            )
            return await whole(response)

        return await self._connection.ask(ask)

    async def _subscribe(self, client: Client, after: Position | None) -> Subscription:
        async with asyncio.timeout(READ_SECONDS):  # a subscription has no deadline of its own, its confirmation has
            return await client.subscribe_to_all(
                commit_position=after,
                filter_include=(self._names.pattern(),),
                filter_by_stream_name=True,
                include_checkpoints=True,
            )
