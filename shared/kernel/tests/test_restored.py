"""Promise 15: after a producer's store was restored, its consumers tell what its new history says, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from engines.postgres import DatabaseOf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from test_inbound import AWAY
from test_interleavings import interleaved
from test_relay import PUBLICATION, TOPIC, NotebookRuntime, Plant, planted, reactor
from toy import Lit, Noted, PutOut, all_rows, dispatch, notebook

from carnet.events.inbound import Absence
from carnet.kernel import tables
from carnet.kernel.because import Because
from carnet.kernel.bus.port import Delivery
from carnet.kernel.feed import follow
from carnet.kernel.generations import outdate
from carnet.kernel.inbound import message
from carnet.kernel.inbox import Inbox
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.notice import NOTICE, Heard, Notice, from_bus, from_envelope
from carnet.kernel.projection import Projector
from carnet.kernel.reaction import Reaction, Reactor
from carnet.kernel.rebuild import prepare, start_rebuild
from carnet.kernel.relay import Relay
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import NO_STREAM, NewEvent, RecordedEvent
from carnet.kernel.streams import Stream
from carnet.kernel.surroundings import now
from carnet.kernel.verify import differences

A, B = Lit(lamp="a", watts=1), Lit(lamp="b", watts=2)


@dataclass
class Producer:
    """A context whose store may be restored: what it published in each of its lives comes over one bus."""

    plant: Plant
    life: int = 1
    store: MemoryEventStore = field(default_factory=MemoryEventStore)

    def __post_init__(self) -> None:
        self.plant.store = self.store
        self.publication = replace(PUBLICATION, source=f"/carnet/test/objects/{self.life}")
        self.plant.around = replace(self.plant.around, feeds=self)

    async def told(self, *events: Any) -> list[Notice]:
        """Record events, publish all that was not published yet, and give all that this life has published."""
        await self.plant.act(*events)
        await self.plant.relay_all(
            Relay(self.store, self.plant.bus, self.plant.database, self.publication, self.plant.around.metrics)
        )
        return [notice async for page in self.everything(TOPIC) for notice in page]

    async def restored(self, cut: int) -> "Producer":
        """Begin the next life with the first `cut` events of this one."""
        store = MemoryEventStore()
        for event in (await self.store.read_all())[:cut]:
            await store.append(event.stream, [again(event)], event.revision - 1 if event.revision else NO_STREAM)
        return Producer(self.plant, self.life + 1, store)

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        published = [notice async for page in self.everything(topic) for notice in page]
        return [n for n in published if n.stream == stream and after < n.revision < before]

    async def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        yield [from_envelope(topic, envelope) async for envelope in follow(self.store, self.publication)]


def again(event: RecordedEvent) -> NewEvent:
    return NewEvent(event.id, event.type, event.data, event.metadata)


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


@dataclass
class Listener:
    """Another context's side: the read model of tasks, kept as a runtime keeps it, and the reaction that notes them."""

    plant: Plant
    projector: Projector = field(init=False)
    notes: Reactor = field(init=False)

    def __post_init__(self) -> None:
        self.runtime = NotebookRuntime(self.plant)
        self.projector = self.plant.projector()
        self.notes = reactor(self.plant, dispatch.reactions(self.runtime))  # type: ignore[arg-type]

    async def hears(self, *notices: Notice) -> None:
        await self.notes.take(notices)
        try:
            await self.projector.take(notices)
        except HistoryEnded as ended:
            await self.plant.database.write(partial(outdate, self.projector, ended.sources))
            await self.rebuilt()
            await self.projector.take(notices)

    async def rebuilt(self) -> None:
        rebuild = await prepare(self.projector)
        assert rebuild is not None
        await rebuild.run()

    async def tasks(self) -> dict[str, tuple[str, bool]]:
        return {row["task"]: (row["text"], row["done"]) for row in await self.plant.rows()}

    async def noted(self, lamp: str) -> Any:
        return await self.runtime.notes(lamp)


@pytest.fixture
async def listener(plant: Plant) -> Listener:
    made = Listener(plant)
    assert await prepare(made.projector) is None
    return made


async def test_what_the_restored_store_does_not_know_leaves_the_rows(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    await listener.hears(*await first.told(A, B, PutOut(lamp="a")))
    assert await listener.tasks() == {"a": ("1", True), "b": ("2", False)}
    second = await first.restored(1)
    await listener.hears(*await second.told())
    assert await listener.tasks() == {"a": ("1", False)}
    await listener.hears(*await second.told(Lit(lamp="c", watts=3)))
    assert await listener.tasks() == {"a": ("1", False), "c": ("3", False)}


async def test_an_effect_stays_one_when_its_cause_is_told_anew(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    await listener.hears(*await first.told(A, B))
    second = await first.restored(1)
    await listener.hears(*await second.told())
    assert (await listener.noted("a"), await listener.noted("b")) == (("1",), ("2",))  # nothing is taken back


async def test_another_event_at_a_lost_ones_place_has_its_effect(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    (lost,) = await first.told(A)
    await listener.hears(lost)
    second = await first.restored(0)
    (other,) = await second.told(Lit(lamp="a", watts=5))
    assert (other.stream, other.revision) == (lost.stream, lost.revision)
    await listener.hears(other)
    assert await listener.noted("a") == ("1", "5")
    assert await listener.tasks() == {"a": ("5", False)}


async def test_what_comes_late_of_a_history_that_ended_is_passed_over(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    heard, late = await first.told(A, B)
    await listener.hears(heard)
    second = await first.restored(1)
    await listener.hears(*await second.told(Lit(lamp="c", watts=3)), late)
    await listener.hears(late)
    assert await listener.tasks() == {"a": ("1", False), "c": ("3", False)}
    assert await listener.noted("b") == ()


async def test_a_new_consumer_takes_the_later_history_whichever_comes_first(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    lost = await first.told(A, B)
    second = await first.restored(0)
    await listener.hears(*await second.told(Lit(lamp="c", watts=3)), *lost)
    assert await listener.tasks() == {"c": ("3", False)}


async def test_a_rebuild_that_meets_the_new_history_begins_again(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    await listener.hears(*await first.told(A, B))
    second = await first.restored(1)
    new = await second.told(PutOut(lamp="a"))
    await (await start_rebuild(listener.projector)).run()
    assert await listener.tasks() == {"a": ("1", True)}
    await listener.hears(*new)
    assert await listener.tasks() == {"a": ("1", True)}


async def test_a_rebuild_that_was_cut_off_after_a_restore_is_planned_again(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    await listener.hears(*await first.told(A, B))
    new = await (await first.restored(1)).told()
    with pytest.raises(HistoryEnded) as ended:
        await listener.projector.take(new)
    await plant.database.write(partial(outdate, listener.projector, ended.value.sources))  # and here it dies
    await Listener(plant).rebuilt()
    assert await listener.tasks() == {"a": ("1", False)}


async def test_a_gap_is_not_healed_with_another_history(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    lit, _, lit_again = await first.told(A, PutOut(lamp="a"), Lit(lamp="a", watts=7))
    await listener.hears(lit, lit_again)
    second = await first.restored(2)
    listener = Listener(plant)
    await listener.projector.drain()
    await listener.notes.drain()
    assert await listener.tasks() == {"a": ("1", False)}
    await listener.hears(*await second.told(Lit(lamp="a", watts=8)))
    await listener.notes.drain()
    assert await listener.tasks() == {"a": ("8", True)}
    assert await listener.noted("a") == ("1", "8")
    assert await plant.database.read(all_rows(tables.Held)) == []


def skip(consumer: str, notice: Notice, connection: Connection) -> None:
    Inbox(connection, consumer, now()).skip(notice)


async def test_a_skip_passes_over_the_event_it_was_said_of_alone(plant: Plant, listener: Listener) -> None:
    poison, poison_too = Lit(lamp="a", watts=-2), Lit(lamp="b", watts=-2)
    first = Producer(plant)
    await listener.hears(*await first.told(poison, poison_too))
    for row in await plant.database.read(all_rows(tables.Held)):
        await plant.database.write(partial(skip, row["consumer"], NOTICE.validate_json(row["notice"])))
    second = await first.restored(1)
    await listener.hears(*await second.told(poison_too))
    held = [(r["stream"], r["reason"]) for r in await plant.database.read(all_rows(tables.Held))]
    assert held == [("lamp-b", "dead")]


async def test_verify_says_that_the_new_history_is_not_built_yet(plant: Plant, listener: Listener) -> None:
    first = Producer(plant)
    listener = Listener(plant)
    await listener.hears(*await first.told(A, B))
    assert await differences(listener.projector) == []
    second = await first.restored(1)
    listener = Listener(plant)
    (difference,) = await differences(listener.projector)
    assert difference == f"dispatch.tasks: {TOPIC}: published from a restored store, and not built anew yet."
    await listener.hears(*await second.told())
    assert await differences(listener.projector) == []


def from_now(plant: Plant) -> Reactor:
    (reaction,) = dispatch.reactions(NotebookRuntime(plant))  # type: ignore[arg-type]  # as much as it needs
    return reactor(plant, [replace(reaction, start="now")])


async def test_a_reaction_that_began_in_the_middle_answers_nothing_before_it(plant: Plant) -> None:
    first = Producer(plant)
    _, heard = await first.told(A, B)
    await from_now(plant).take([heard])
    new = await (await first.restored(2)).told(Lit(lamp="c", watts=3))
    assert len(new) == 3
    await from_now(plant).take(new)
    noted = [await NotebookRuntime(plant).notes(lamp) for lamp in "abc"]
    assert noted == [(), ("2",), ("3",)]


async def test_a_reaction_that_began_in_the_middle_goes_on_at_an_empty_bus(plant: Plant) -> None:
    notes = from_now(plant)
    assert await notes.topics_start() == "now"
    await notes.take(await Producer(plant).told(A))
    assert await from_now(plant).topics_start() == "beginning"


async def test_what_a_reaction_did_in_a_store_that_was_restored_it_does_again(plant: Plant, listener: Listener) -> None:
    notices = await Producer(plant).told(A, B)
    await listener.notes.begin()
    await listener.hears(*notices)
    kept = await plant.around.store.read_all()
    restored = MemoryEventStore()
    await restored.append(kept[0].stream, [again(kept[0])], NO_STREAM)
    plant.around = replace(plant.around, store=restored, source="/carnet/test/dispatch/2")
    after = Listener(plant)
    assert after.notes.group != listener.notes.group  # so that the bus tells it all again
    await after.notes.begin()
    await after.notes.begin()  # started once more, it goes on
    await after.notes.take(notices)
    assert (await after.noted("a"), await after.noted("b")) == (("1",), ("2",))
    assert [e.id for e in await restored.read_all()] == [e.id for e in kept]  # the same effect, also to who heard of it


async def test_what_it_did_about_other_systems_facts_it_does_again_too(plant: Plant) -> None:
    heard: list[str] = []

    async def hear(fact: Heard[Absence]) -> None:
        heard.append(fact.fact.id)

    async def begun() -> Reactor:
        made = reactor(plant, [Reaction("hears of absences", {Absence: hear}, start="beginning")])
        await made.begin()
        return made

    notice = from_bus(Delivery(Absence.TOPIC, message(AWAY, "/hr")))
    for _ in range(2):
        await (await begun()).take([notice])
    assert heard == ["77"]
    plant.around = replace(plant.around, source="/carnet/test/dispatch/2")
    await (await begun()).take([notice])
    assert heard == ["77", "77"]


async def test_a_read_model_of_a_restored_store_is_built_anew(plant: Plant, listener: Listener) -> None:
    await listener.hears(*await Producer(plant).told(A))
    plant.around = replace(plant.around, source="/carnet/test/dispatch/2")
    restored = Listener(plant)
    await restored.rebuilt()
    assert await prepare(restored.projector) is None
    assert await listener.tasks() == {"a": ("1", False)}


async def test_a_reaction_to_the_own_store_hears_it_again_from_the_beginning_or_from_where_it_began(
    plant: Plant,
) -> None:
    heard: list[str] = []

    async def hear(fact: Heard[Noted]) -> None:
        heard.append(fact.fact.text)

    async def hears_own(start: Any) -> Reactor:
        (reaction,) = dispatch.reactions(NotebookRuntime(plant))  # type: ignore[arg-type]  # as much as it needs
        made = Reactor("dispatch", replace(reaction, name=start, reacts={Noted: hear}, start=start), plant.around)
        await made.begin()
        return made

    async def catch_up(consumer: Reactor) -> list[str]:
        heard.clear()
        await consumer.take_from_store(await plant.around.store.read_all(await consumer.store_checkpoint()))
        return list(heard)

    for text in ("one", "two"):
        await Stream(plant.around.store, notebook, "notebook-a").handle(Noted(text=text), Because("test", "c"))
        await hears_own("now")
    await Stream(plant.around.store, notebook, "notebook-a").handle(Noted(text="three"), Because("test", "c"))
    assert await catch_up(await hears_own("now")) == ["two", "three"]
    assert await catch_up(await hears_own("beginning")) == ["one", "two", "three"]
    plant.around = replace(plant.around, source="/carnet/test/dispatch/2")
    assert await catch_up(await hears_own("now")) == ["two", "three"]
    assert await catch_up(await hears_own("beginning")) == ["one", "two", "three"]


def acts(lamps: Iterable[str], lit: set[str], watts: int) -> list[Any]:
    """Give each lamp named its next turn, on or off; each light is of other watts, so that its note tells it."""
    events: list[Any] = []
    for n, lamp in enumerate(lamps, watts):
        events.append(PutOut(lamp=lamp) if lamp in lit else Lit(lamp=lamp, watts=n))
        lit ^= {lamp}
    return events


def lit_after(events: Iterable[Any]) -> set[str]:
    lit: set[str] = set()
    for event in events:
        lit ^= {event.lamp}
    return lit


LAMPS = st.lists(st.sampled_from("abc"), max_size=7)
WENT_ON = LAMPS.filter(bool)  # what is silent after a restore is not known to be restored


@dataclass
class Case:
    """A history, how much of it the backup held, how it went on, and in which pages both come to the listener."""

    before: list[str]
    cut: int
    since: list[str]
    order: list[int]
    page: int


ORDER = st.lists(st.integers(0, 9), min_size=21, max_size=21)
CASES = st.builds(Case, LAMPS, st.integers(0, 7), WENT_ON, ORDER, st.integers(1, 8))


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    with TemporaryDirectory() as folder:
        async with planted(Path(folder), None) as plant:
            made = Listener(plant)
            await prepare(made.projector)
            yield made


async def played(case: Case) -> tuple[Any, Any, list[str], list[str]]:
    """Give the rows at the end and those of the new history alone, and what was and what should have been noted."""
    async with listening() as listener:
        first, events = Producer(listener.plant), acts(case.before, set(), 100)
        old = await first.told(*events)
        second = await first.restored(case.cut)
        new = await second.told(*acts(case.since, lit_after(events[: case.cut]), 200))
        mixed = interleaved([*old, *new], case.order[: len(old + new)])
        for at in range(0, len(mixed), case.page):
            await listener.hears(*mixed[at : at + case.page])
        noted = [text for lamp in "abc" for text in await listener.noted(lamp)]
        due = [Lit.model_validate_json(e.data) for e in await second.store.read_all() if e.type == "lit.v1"]
        rows = await listener.tasks()
        return rows, folded(new), noted, [str(lit.watts) for lit in due]


def folded(notices: Iterable[Notice]) -> dict[str, tuple[str, bool]]:
    """Give the rows that a history leads to, told without any of the kernel."""
    rows: dict[str, tuple[str, bool]] = {}
    for notice in notices:
        task, raised = notice.stream.removeprefix("lamp-"), "TaskRaised" in notice.type
        text = notice.data.decode().split('"text":"')[1].split('"')[0] if raised else rows[task][0]
        rows[task] = text, not raised or rows.get(task, ("", False))[1]
    return rows


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=CASES)
def test_any_cut_ends_in_the_rows_of_the_new_history_and_each_effect_once(case: Case) -> None:
    rows, should_be, noted, due = asyncio.run(played(case))
    assert rows == should_be
    assert len(noted) == len(set(noted))
    assert set(noted) >= set(due)
