"""Two releases of the toy contexts: what the older one does with what only the later one knows."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel
from toy import (
    Dimmed,
    Lit,
    Noted,
    PutOut,
    Task,
    all_rows,
    dispatch,
    lamps,
    notebook,
    objects,
    publish_lamp,
    reactions,
    settings_in,
    task_model,
    task_rows,
)
from toy import decide as decided_before

from carnet.events.fact import Fact
from carnet.events.objects import TaskRaised
from carnet.kernel.because import Because
from carnet.kernel.codec import Codec
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import Reaction
from carnet.kernel.rows import Change, Put
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import service
from carnet.kernel.streams import Category
from carnet.kernel.trial import PATIENCE, Trial, trial


class LampDimmed(Fact):
    """What the later release publishes besides."""

    TYPE: ClassVar = "carnet.objects.LampDimmed.v1"
    lamp: str


class TaskWithColour(TaskRaised):
    """What it says more in a fact that there was."""

    colour: str = "warm"


def publish_more(event: Any) -> Fact | None:
    match event:
        case Dimmed(lamp=lamp):
            return LampDimmed(lamp=lamp)
        case Lit():
            return TaskWithColour.model_validate(publish_lamp(event).model_dump())  # type: ignore[union-attr]  # never None
    return publish_lamp(event)


def rows_of_more(heard: Heard[Any]) -> Iterator[Change]:
    if isinstance(heard.fact, LampDimmed):
        yield Put(Task, {"task": heard.fact.lamp}, {"text": "dimmed"})
    else:
        yield from task_rows(heard)


def reactions_to_more(runtime: Runtime) -> Sequence[Reaction]:
    async def note_it(heard: Heard[LampDimmed]) -> None:
        await runtime.handle(notebook, heard.fact.lamp, Noted(text="dimmed"), heard.because("a lamp is noted"))

    (known,) = reactions(runtime)
    return (replace(known, reacts={**known.reacts, LampDimmed: note_it}),)


class Switched(BaseModel, frozen=True):
    """What it records besides."""

    type: Literal["switched.v1"] = "switched.v1"
    lamp: str


def decide(command: Any, lit: bool) -> list[Any]:
    return [command] if isinstance(command, Switched) else decided_before(command, lit)


MORE_LAMPS = Category[Any, bool, Any](
    "lamp", replace(lamps.decider, decide=decide), Codec(Lit, Dimmed, PutOut, Switched)
)
LATER_OBJECTS = replace(objects, publish=publish_more, codec=MORE_LAMPS.codec)
HEARS_MORE = replace(task_model, hears=(*task_model.hears, LampDimmed), changes=rows_of_more)
LATER_DISPATCH = replace(dispatch, read_models=(HEARS_MORE,), reactions=reactions_to_more)
Suite = Callable[..., Any]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Run contexts, each in the release that is given, on one folder."""
    return lambda *contexts: trial(**{each.name: service(each, settings_in(tmp_path)) for each in contexts})


async def dimmed(running: Trial) -> str:
    """Light a lamp, dim it and put it out."""
    lamp: str = (await running.post("/objects/lamps", {"watts": 40})).json()["id"]
    for action in ("dim", "out"):
        assert (await running.post(f"/objects/lamps/{lamp}/{action}")).is_success
    await running.settle()
    return lamp


async def task(running: Trial, lamp: str) -> tuple[str, bool]:
    rows = await running.runtime("dispatch").query(all_rows(Task))
    (found,) = (row for row in rows if row["task"] == lamp)
    return found["text"], found["done"]


async def test_an_older_consumer_passes_over_what_it_does_not_know_and_a_rebuild_brings_it_in(suite: Suite) -> None:
    async with suite(LATER_OBJECTS, dispatch) as running:
        lamp = await dimmed(running)
        assert await task(running, lamp) == ("40", True)  # in order, nothing held
        unknown = running.runtime("dispatch").metrics.unknown.labels("dispatch.tasks")
        assert unknown._value.get() == 1
    async with suite(LATER_OBJECTS, LATER_DISPATCH) as running:
        await running.settle()
        assert await task(running, lamp) == ("dimmed", True)


async def test_a_reaction_never_answers_what_its_older_release_passed_over(suite: Suite) -> None:
    async with suite(LATER_OBJECTS, dispatch) as running:
        passed_over = await dimmed(running)
    async with suite(LATER_OBJECTS, LATER_DISPATCH) as running:
        heard = await dimmed(running)
        noted = [await running.runtime("dispatch").state(notebook, lamp) for lamp in (passed_over, heard)]
        assert noted == [("40",), ("40", "dimmed")]


async def test_consumers_before_producers_nothing_is_passed_over(suite: Suite) -> None:
    async with suite(objects, LATER_DISPATCH) as running:
        await dimmed(running)
    async with suite(LATER_OBJECTS, LATER_DISPATCH) as running:
        lamp = await dimmed(running)
        assert await running.runtime("dispatch").state(notebook, lamp) == ("40", "dimmed")


async def test_a_consumer_that_stands_still_passes_nothing_over(suite: Suite) -> None:
    """So where two contexts hear each other's new facts both stop before either of them starts."""
    async with suite(LATER_OBJECTS) as running:
        lamp = await dimmed(running)
    async with suite(LATER_OBJECTS, LATER_DISPATCH) as running:
        await running.settle()
        assert await running.runtime("dispatch").state(notebook, lamp) == ("40", "dimmed")


async def test_what_an_older_release_cannot_read_waits_for_a_later_one(suite: Suite) -> None:
    async with suite(objects, dispatch) as running:
        lamp = await dimmed(running)
        here = running.runtime("objects")
        await here.handle(MORE_LAMPS, lamp, Switched(lamp=lamp), Because("another replica", "test"))
        await until_not_ready(running, "A later release recorded 'switched.v1', which this one cannot read")
        assert (await running.post(f"/objects/lamps/{lamp}/out")).status_code == 503
        taken: str = (await running.post("/objects/lamps", {"watts": 60})).json()["id"]
        assert await here.relay.relayed() != await here.engines.store.head()
    async with suite(LATER_OBJECTS, dispatch) as running:
        await running.settle()
        assert await task(running, taken) == ("60", False)


async def until_not_ready(running: Trial, because: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while because not in (await running.get("/objects/health/ready", role=None)).text:  # noqa: ASYNC110  # as a probe
            await asyncio.sleep(0.05)


async def test_a_replica_of_another_release_is_not_ready_while_the_other_one_consumes(suite: Suite) -> None:
    """So two releases of a service are never at work together: the older stops before the later one starts."""
    async with suite(objects, dispatch), suite(objects, LATER_DISPATCH) as later:
        answer = await later.get("/dispatch/health/ready", role=None)
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["dispatch.tasks is being rebuilt"])
    async with suite(objects, LATER_DISPATCH) as later:
        await later.settle()
        assert (await later.get("/dispatch/health/ready", role=None)).is_success


async def test_put_back_a_service_builds_its_own_tables_again(suite: Suite) -> None:
    async with suite(LATER_OBJECTS, LATER_DISPATCH) as running:
        lamp = await dimmed(running)
        assert await task(running, lamp) == ("dimmed", True)
    async with suite(LATER_OBJECTS, dispatch) as running:
        await running.settle()
        assert await task(running, lamp) == ("40", True)
