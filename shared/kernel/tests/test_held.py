"""What a consumer holds back comes forward again, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engines.postgres import DatabaseOf
from structlog.testing import capture_logs
from test_relay import NotebookRuntime, Plant, planted, published, reactor
from toy import Dimmed, Lit, Noted, PutOut, all_rows, dispatch, notebook, task_model

from carnet.events.objects import TaskRaised
from carnet.kernel import tables
from carnet.kernel.because import Because
from carnet.kernel.notice import NOTICE, Notice
from carnet.kernel.projection import Projector
from carnet.kernel.reaction import Reaction, Reactor
from carnet.kernel.store.port import Position, StoreError
from carnet.kernel.streams import Stream


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


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
    (gap,) = await plant.database.read(all_rows(tables.Held))
    why = "Revision 1 has not come, and its producer's feed fails: the producer is down"
    assert (gap["stream"], gap["reason"], gap["note"], gap["tries"]) == ("lamp-a", "gap", why, 1)


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


async def test_what_has_waited_for_an_hour_raises_an_alarm(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=13))
    waiting = reactor(plant, dispatch.reactions(NotebookRuntime(plant)))  # type: ignore[arg-type]  # as much as it needs
    await waiting.take(notices)
    await waiting.drain()
    assert waiting.overdue == set()
    an_hour_ago = "UPDATE carnet_held SET since = '2026-01-01T00:00:00.000000+00:00'"
    await plant.database.write(lambda c: c.exec_driver_sql(an_hour_ago))
    with capture_logs() as logs:
        await waiting.drain()
        await waiting.drain()
    assert [each["missing"] for each in logs if each["event"] == "waiting for over an hour"] == ["the permit"]


async def test_an_engine_in_trouble_makes_no_dead_letter(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1))

    async def fails(_: Any) -> None:
        raise StoreError("The event store could not write: database is locked.")

    failing = reactor(plant, [Reaction("a lamp is noted", {TaskRaised: fails}, start="beginning")])
    with pytest.raises(StoreError):
        await failing.take(notices)
    assert await plant.database.read(all_rows(tables.Held)) == []
    runtime = NotebookRuntime(plant)
    again = reactor(plant, dispatch.reactions(runtime))  # type: ignore[arg-type]  # as much as it needs
    await again.take(notices)
    await again.take(notices)
    assert await runtime.notes("a") == ("1",)
    assert plant.around.metrics.repeats.labels(again.name)._value.get() == 1


async def test_what_comes_after_a_start_now_on_an_empty_store_is_heard_after_a_crash(plant: Plant) -> None:
    def started() -> Reactor:
        return Reactor("dispatch", Reaction("a note is read", {Noted: notices_it}, start="now"), plant.around)

    async def notices_it(_: Any) -> None:
        """React with nothing."""

    await started().begin()
    await Stream(plant.around.store, notebook, "notebook-a").handle(Noted(text="first"), Because("test", "c"))
    await (again := started()).begin()  # it died before it was done with the first one
    assert await again.store_checkpoint() is None


async def test_what_is_left_in_the_own_store_is_what_means_something(plant: Plant) -> None:
    async def put_out(_: Any) -> None:
        """React with nothing."""

    await plant.act(Lit(lamp="a", watts=1), Dimmed(lamp="a"), PutOut(lamp="a"))
    around, head = replace(plant.around, store=plant.store), await plant.store.head()
    waiting = Reactor("dispatch", Reaction("a lamp is put out", {PutOut: put_out}, start="beginning"), around)
    left = await waiting.first_left(head or Position(0))
    assert left is not None
    assert left.revision == 2
    await waiting.take(waiting.from_own_store([left]), left.position)
    assert await waiting.first_left(left.position) is None


async def test_a_type_of_a_later_release_is_counted_and_passed_over(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1), Lit(lamp="b", watts=1), PutOut(lamp="a"))
    projector = plant.projector()
    with capture_logs() as logs:
        await projector.take([replace(n, type="carnet.objects.LampSang.v1") for n in notices[:2]] + [notices[2]])
    assert plant.around.metrics.unknown.labels(projector.name)._value.get() == 2
    assert [each["type"] for each in logs if each["log_level"] == "warning"] == ["carnet.objects.LampSang.v1"]
    assert await plant.rows() == [{"task": "a", "text": "", "done": True}]
