"""What a consumer holds back comes forward again, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_relay import Plant, published
from toy import Lit, PutOut, all_rows, task_model

from carnet.kernel import tables
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.database import Database
from carnet.kernel.notice import NOTICE, Notice
from carnet.kernel.projection import Projector, create_tables


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    bus, database = await SqliteBus.open(tmp_path / "bus.db"), Database.in_folder(tmp_path)
    await database.write(tables.create)
    await database.write(lambda connection: create_tables(connection, task_model))
    yield Plant(bus, database)
    await bus.close()
    database.close()


class OneFeedDown:
    """Feeds of which one stream's cannot be reached."""

    def __init__(self, up: Any, down: str) -> None:
        self.up, self.down = up, down

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        if stream == self.down:
            raise ConnectionError("the producer is down")
        found: Sequence[Notice] = await self.up.missing(topic, stream, after, before)
        return found


async def test_a_feed_that_is_down_does_not_hold_up_the_other_streams(plant: Plant) -> None:
    twice = [Lit(lamp=x, watts=n) for n in (1, 2) for x in "ab"]
    notices = await published(plant, *twice[:2], PutOut(lamp="a"), PutOut(lamp="b"), *twice[2:])
    feeds: Any = OneFeedDown(plant.around.feeds, "lamp-a")
    projector = Projector(task_model, replace(plant.around, feeds=feeds))
    await projector.take([n for n in notices if n.revision != 1])
    with pytest.raises(ExceptionGroup, match="1 streams could not be brought forward"):
        await projector.drain()
    assert sorted((row["task"], row["text"]) for row in await plant.rows()) == [("a", "1"), ("b", "2")]
    assert projector.may_hold


async def test_a_gap_in_which_the_feed_knows_of_nothing_is_none(plant: Plant) -> None:
    first, later = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"))
    projector = plant.projector()
    await projector.take([first, replace(later, revision=9, prev_revision=8)])
    await projector.drain()
    assert await plant.rows() == [{"task": "a", "text": "1", "done": True}]
    notes = [row["note"] for row in await plant.database.read(all_rows(tables.Incident))]
    assert notes == [f"{n} events before revision 9 came from the feed." for n in (1, 0)]


async def test_what_is_held_while_a_look_is_under_way_is_not_forgotten(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, third = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="a", watts=2))
    projector = plant.projector()
    await projector.take([first])
    looked, go_on = asyncio.Event(), asyncio.Event()
    read = plant.database.read

    async def slow_read(query: Any) -> Any:
        result = await read(query)
        looked.set()
        await go_on.wait()
        return result

    monkeypatch.setattr(plant.database, "read", slow_read)
    looking = asyncio.create_task(projector.drain())
    await looked.wait()
    await projector.take([third])
    go_on.set()
    await looking
    assert projector.may_hold


async def test_two_that_bring_the_same_notice_forward_do_it_once(plant: Plant) -> None:
    first, _, third = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="a", watts=2))
    one, other = plant.projector(), plant.projector()
    await one.take([first, third])
    held, _ = await plant.database.read(lambda s: one.first_held(s, (third.topic, third.stream)))
    assert held is not None
    await one.drain()
    notice = NOTICE.validate_json(held.notice)
    await plant.database.write(lambda c: c.exec_driver_sql("UPDATE toy_task SET text = 'later'"))
    assert await other.retry(notice)  # it had read the notice before the first one was done with it
    assert (await plant.rows())[0]["text"] == "later"
