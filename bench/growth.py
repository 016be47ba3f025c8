"""Append, rehydrate and search while streams become more: 10,000 and 100,000, a million with CARNET_BENCH_MILLION=1.

What grows with the number of streams is seen by the ratio of a size to the first one (1 is flat, less is slower).
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from typing import Final
from uuid import uuid4

from bench import search
from bench.append import CLIENTS
from bench.orders import AGAIN, OFFICE, commands
from bench.report import Row, percentile, say
from bench.rig import METADATA, around, fill
from pydantic import BaseModel

from carnet.dispatch.streams import ORDERS
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent
from carnet.kernel.streams import Stream
from carnet.kernel.surroundings import Surroundings

SIZES: Final = (10_000, 100_000, *((1_000_000,) if os.environ.get("CARNET_BENCH_MILLION") else ()))
SECONDS: Final = 2.0
DECIDED: Final = 500


async def grown() -> list[Row]:
    """Grow one store through the sizes and measure at each."""
    rows: list[Row] = []
    async with around("dispatch") as service:
        size = 0
        first: dict[str, float] = {}
        for wanted in SIZES:
            await grow(service.store, size, wanted)
            size = wanted
            found = {"append, 16 clients": await appends(service.store), "decide, p50": await decide(service, size)}
            first = first or found
            rows += [row(name, value, first[name], size) for name, value in found.items()]
    return rows


def row(name: str, value: float, first: float, size: int) -> Row:
    unit, ratio = ("events/s", value / first) if name.startswith("append") else ("ms", first / value)
    name = f"{name}, {size:,} streams"
    return Row(name, round(value, 2), unit, "", f"at {SIZES[0]:,}", round(first, 2), round(ratio, 2))


async def grow(store: EventStore, size: int, wanted: int) -> None:
    """Add orders of two events until there are as many as wanted."""
    order = await first_events()
    await fill(store, ((f"order-{number}", order) for number in range(size, wanted)))


async def first_events() -> list[BaseModel]:
    async with around("dispatch") as service:
        stream = Stream(service.store, ORDERS, "order-0")
        for command, _ in zip(commands("0"), range(2), strict=False):
            await stream.handle(command, OFFICE)
        return [ORDERS.decode(event) for event in await service.store.read(stream.name)]


async def appends(store: EventStore) -> float:
    """Give the durable appends a second of as many clients as the row of appends has, each on new streams."""
    begin = time.perf_counter()
    counts = await asyncio.gather(*(client(store, begin + SECONDS) for _ in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - begin)


async def client(store: EventStore, until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        event = NewEvent(uuid4(), "order-created.v1", b"x" * 200, METADATA)
        await store.append(f"new-{uuid4()}", [event], NO_STREAM)
        count += 1
    return count


async def decide(service: Surroundings, size: int) -> float:
    """Give the median milliseconds of a command on one of the orders, from reading its stream to the answer."""
    chance, took = random.Random(7), []
    for _ in range(DECIDED):
        stream = Stream(service.store, ORDERS, f"order-{chance.randrange(size)}")
        begin = time.perf_counter()
        ORDERS.decider.decide(AGAIN, await stream.state())
        took.append((time.perf_counter() - begin) * 1000)
    return percentile(took, 0.5)


def searched() -> Iterator[Row]:
    first = 0.0
    for size in SIZES:
        ours, _ = search.measured(size)
        p50 = percentile(ours, 0.5)
        first = first or p50
        yield row("search, p50", p50, first, size)


if __name__ == "__main__":
    say(asyncio.run(grown()))
    say(searched())
