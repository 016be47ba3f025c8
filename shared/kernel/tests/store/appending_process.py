"""A process that appends to an event store file, for the tests that kill it or run beside it.

`forever PATH` prints a line for each acknowledged append: stream, last revision, event ids.
`share PATH WRITER COUNT TOTAL` appends COUNT batches, subscribes until TOTAL events came, and prints them.
"""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from uuid import UUID, uuid4

from carnet.kernel.store.port import EXISTS, NO_STREAM, Expected, NewEvent, WrongRevision
from carnet.kernel.store.sqlite import SqliteEventStore

WRITERS = 12


def batch(size: int) -> list[NewEvent]:
    whole = {"batch": uuid4().hex, "size": str(size)}
    return [NewEvent(uuid4(), "order-created.v1", b"x" * 300, whole) for _ in range(size)]


async def append_forever(store: SqliteEventStore, writer: int) -> None:
    stream = f"order-{uuid4()}" if writer % 2 else "shared"
    expected: Expected = NO_STREAM if writer % 2 else EXISTS
    while True:
        events = batch(1 + writer % 5)
        try:
            appended = await store.append(stream, events, expected)
        except WrongRevision:  # the shared stream is not there yet
            await create(store, stream)
            continue
        print(stream, appended.revision, *(event.id for event in events), flush=True)  # noqa: T201 the answer
        expected = EXISTS if stream == "shared" else appended.revision


async def create(store: SqliteEventStore, stream: str) -> None:
    try:
        await store.append(stream, batch(1), NO_STREAM)
    except WrongRevision:
        return


async def forever(path: Path) -> None:
    store = SqliteEventStore.open(path)
    await asyncio.gather(*(append_forever(store, writer) for writer in range(WRITERS)))


async def append_until_taken(store: SqliteEventStore, stream: str) -> None:
    """Append a batch of two, and again on each conflict."""
    expected: Expected = NO_STREAM
    while True:
        try:
            await store.append(stream, batch(2), expected)
        except WrongRevision as conflict:
            expected = NO_STREAM if conflict.current is None else conflict.current
        else:
            return


async def append_some(store: SqliteEventStore, writer: int, count: int) -> None:
    for n in range(count):
        await append_until_taken(store, f"order-{writer}" if n % 2 else "shared")


async def subscribed(store: SqliteEventStore, total: int) -> list[tuple[int, UUID]]:
    seen: list[tuple[int, UUID]] = []
    async with aclosing(store.subscribe()) as pages:
        while len(seen) < total:
            seen += [(event.position, event.id) for event in await anext(pages)]
    return seen


async def share(path: Path, writer: int, count: int, total: int) -> list[tuple[int, UUID]]:
    store = SqliteEventStore.open(path)
    subscription = asyncio.create_task(subscribed(store, total))
    await asyncio.gather(*(append_some(store, 10 * writer + n, count // 4) for n in range(4)))
    seen = await subscription
    await store.close()
    return seen


if __name__ == "__main__":
    command, path, *numbers = sys.argv[1:]
    if command == "forever":
        asyncio.run(forever(Path(path)))
    else:
        for position, event_id in asyncio.run(share(Path(path), *map(int, numbers))):
            print(position, event_id)  # noqa: T201 the answer
