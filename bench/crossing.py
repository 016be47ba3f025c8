"""From a command's answer to the row in another context's read model, at a steady rate.

The five services run in one process, as `carnet up` runs them. Parties are registered with `objects`; they are seen as
soon as the row stands in the database of `dispatch`, which is looked at from outside: looking costs the suite nothing.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import httpx
from bench.report import Row, percentile, say
from bench.served import suite_up

from carnet.runner.suite import client

RATE: Final = 50  # events a second
EVENTS: Final = 500
WARM_UP: Final = 50  # events that do not count
LOOK_SECONDS: Final = 0.001
PATIENCE: Final = 10.0
FRESH: Final = "SELECT rowid, number FROM dispatch_party WHERE rowid > ? ORDER BY rowid"


async def crossings(suite: httpx.AsyncClient, views: Path) -> list[float]:
    """Give the milliseconds that each event took, from its command's answer on."""
    answered: dict[str, float] = {}
    watching = asyncio.create_task(watch(views))
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as posts:
        for number in range(EVENTS):
            await asyncio.sleep(max(0.0, begin + number / RATE - time.perf_counter()))
            posts.create_task(register(suite, answered))
    seen = await watching
    in_order = sorted(answered, key=answered.__getitem__)
    return [max(0.0, seen[number] - answered[number]) * 1000 for number in in_order[WARM_UP:]]


async def register(suite: httpx.AsyncClient, answered: dict[str, float]) -> None:
    number = f"D{uuid4()}"
    answer = await suite.post("/objects/parties", json={"number": number, "name": "Régie Delacroix SA"})
    answer.raise_for_status()
    answered[number] = time.perf_counter()


async def watch(views: Path) -> dict[str, float]:
    """Look until all are there; give when each number was first seen."""
    seen: dict[str, float] = {}
    last, until = 0, time.perf_counter() + EVENTS / RATE + PATIENCE
    with closing(sqlite3.connect(f"file:{views}?mode=ro", uri=True)) as connection:
        while len(seen) < EVENTS and time.perf_counter() < until:
            fresh = connection.execute(FRESH, (last,)).fetchall()
            seen |= dict.fromkeys((number for _, number in fresh), time.perf_counter())
            last = fresh[-1][0] if fresh else last
            await asyncio.sleep(LOOK_SECONDS)
    return seen


async def measured() -> list[float]:
    with TemporaryDirectory() as folder, suite_up(Path(folder)) as server:
        async with client(Path(folder), server.address) as suite:
            return await crossings(suite, Path(folder) / "dispatch" / "views.db")


def rows() -> Iterator[Row]:
    took = asyncio.run(measured())
    name, note = "event to another context's read model", f"{RATE} events/s, SQLite bus, five services in one process"
    yield Row(f"{name}, p50", round(percentile(took, 0.5), 1), "ms", "<= 50", note=note)
    yield Row(f"{name}, p99", round(percentile(took, 0.99), 1), "ms", "<= 250", note=note)


if __name__ == "__main__":
    say(rows())
