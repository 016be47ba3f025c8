"""A reaction that takes long may answer several facts at once; it concludes them in their order all the same."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from engines.postgres import DatabaseOf
from test_relay import Plant, planted, published
from toy import Lit, PutOut, all_rows

from carnet.events.objects import TaskDone, TaskRaised
from carnet.kernel import tables
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction, Reactor
from carnet.kernel.store.port import StoreError


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


def at_once(plant: Plant, react: Any, n: int = 3) -> Reactor:
    return Reactor(
        "dispatch", Reaction("a lamp is seen", {TaskRaised: react, TaskDone: react}, at_once=n), plant.around
    )


async def test_as_many_as_it_says_and_no_more(plant: Plant) -> None:
    notices = await published(plant, *(Lit(lamp=name, watts=1) for name in "abcdefg"))
    busy = most = 0
    full = asyncio.Event()

    async def slowly(_: Heard[Any]) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        if busy == 3:  # as many as may be at it at once
            full.set()
        await full.wait()
        busy -= 1

    reactor = at_once(plant, slowly)
    await reactor.take(notices)
    assert most == 3
    await reactor.take(notices)
    assert plant.around.metrics.repeats.labels(reactor.name)._value.get() == len(notices)


async def test_what_comes_behind_one_that_waits_waits_with_it_and_other_streams_go_on(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="b", watts=2))
    missing, seen = True, []

    async def react(heard: Heard[Any]) -> None:
        if missing and heard.notice.stream == "lamp-a" and heard.notice.revision == 0:
            raise NotYet("the socket of a")
        seen.append((heard.notice.stream, heard.notice.revision))

    reactor = at_once(plant, react)
    await reactor.take(notices)
    held = await plant.database.read(all_rows(tables.Held))
    assert sorted((row["revision"], row["reason"], row["note"]) for row in held) == [
        (0, "waiting", "the socket of a"),
        (1, "behind", ""),
    ]
    missing = False
    seen.clear()
    await reactor.drain()
    assert seen == [("lamp-a", 0), ("lamp-a", 1)]
    assert await plant.database.read(all_rows(tables.Held)) == []


async def test_an_engine_in_trouble_leaves_the_page_as_it_was(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1), Lit(lamp="b", watts=2))
    works, seen = False, []

    async def react(heard: Heard[Any]) -> None:
        if not works and heard.notice.stream == "lamp-b":
            raise StoreError("The disk is full.")
        seen.append(heard.notice.stream)

    reactor = at_once(plant, react)
    with pytest.raises(StoreError):
        await reactor.take(notices)
    works = True
    await reactor.take(notices)
    assert seen == ["lamp-a", "lamp-a", "lamp-b"]
