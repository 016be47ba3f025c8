"""The relay and the inbox when things go wrong between two of their steps."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from engines.postgres import DatabaseOf
from toy import Dimmed, Lit, PutOut, Task, all_rows, dispatch, lamps, notebook, publish_lamp, settings_in, task_model

from carnet.kernel import tables
from carnet.kernel.because import Because
from carnet.kernel.bus.port import Bus, Delivery, Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.database import Database
from carnet.kernel.engines import kept
from carnet.kernel.feed import follow
from carnet.kernel.lease import LeaseLost
from carnet.kernel.metrics import Metrics
from carnet.kernel.migrations import upgrade
from carnet.kernel.notice import Notice, from_bus, from_envelope
from carnet.kernel.projection import Projector, create_tables
from carnet.kernel.publication import Publication
from carnet.kernel.reaction import Reaction, Reactor
from carnet.kernel.relay import CursorAhead, Relay
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import NO_STREAM, NewEvent, Position
from carnet.kernel.streams import Stream
from carnet.kernel.surroundings import Surroundings

TOPIC = "carnet.objects.v1"
PUBLICATION = Publication("objects", "/carnet/test/objects/1", lamps.codec, publish_lamp)


@dataclass
class StoreFeeds:
    """The producer's feed, read from its store."""

    store: MemoryEventStore
    asked: int = 0

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        self.asked += 1
        envelopes = [e async for e in follow(self.store, PUBLICATION)]
        return [from_envelope(topic, e) for e in envelopes if e.subject == stream and after < e.revision < before]

    async def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        yield [from_envelope(topic, e) async for e in follow(self.store, PUBLICATION)]


@dataclass
class Plant:
    """A producer's store with its relay, the bus, and a consumer's side."""

    bus: Bus
    database: Database
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    relay: Relay = field(init=False)
    around: Surroundings = field(init=False)

    def __post_init__(self) -> None:
        self.relay = self.new_relay(self.store)
        notes = MemoryEventStore()
        feeds = StoreFeeds(self.store)
        self.around = Surroundings(notes, self.bus, self.database, feeds, Metrics(), "/carnet/test/dispatch/1", 0.0)

    def new_relay(self, store: MemoryEventStore) -> Relay:
        return Relay(store, self.bus, self.database, PUBLICATION, Metrics())

    async def act(self, *events: Any) -> None:
        for event in events:
            await Stream(self.store, lamps, f"lamp-{event.lamp}").handle(event, Because("test", "c"))

    async def relay_all(self, relay: Relay | None = None) -> None:
        relay = relay or self.relay
        assert await relay.lease.take()
        await relay.check_ends()
        position = (await relay.cursor()).position
        if events := await relay.store.read_all(None if position is None else Position(position)):
            await relay.relay(events, position)
        await relay.lease.release()

    async def kept(self, group: str = "look") -> list[Delivery]:
        if not await self.bus.lag(group, [TOPIC]):
            return []
        member = await self.bus.subscribe(group, [TOPIC])
        deliveries = list(await member.batch())
        await member.close()
        return deliveries

    def projector(self) -> Projector:
        return Projector(task_model, self.around)

    async def rows(self) -> Any:
        return await self.database.read(all_rows(Task))


@asynccontextmanager
async def planted(folder: Path, url: str | None) -> AsyncIterator[Plant]:
    """Open a bus in a folder, and the database at a URL or in the folder, with the tables of kernel and toy."""
    database, _ = kept(folder, settings_in(folder, url))
    bus = await SqliteBus.open(folder / "bus.db")
    await database.write(upgrade)
    await database.write(lambda connection: create_tables(connection, task_model))
    yield Plant(bus, database)
    await bus.close()
    database.close()


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


def revisions(deliveries: Sequence[Delivery]) -> list[tuple[int, int]]:
    return [(n.revision, n.prev_revision) for n in map(from_bus, deliveries)]


async def test_each_envelope_names_the_published_one_before_it(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1), Dimmed(lamp="a"), PutOut(lamp="a"))
    await plant.relay_all()
    await plant.act(Lit(lamp="a", watts=2))
    await plant.relay_all()
    assert revisions(await plant.kept()) == [(0, -1), (2, 0), (3, 2)]


async def test_killed_between_ack_and_cursor_it_publishes_again_the_same(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1), PutOut(lamp="a"))
    relay = plant.relay
    envelopes = await relay.envelopes(await plant.store.read_all())
    await plant.bus.publish(TOPIC, [Message(e.subject, e.data, e.headers()) for e in envelopes])  # and here it dies
    await plant.relay_all(plant.new_relay(plant.store))
    deliveries = await plant.kept()
    assert revisions(deliveries) == [(0, -1), (1, 0)] * 2
    messages = [delivery.message for delivery in deliveries]
    assert messages[:2] == messages[2:]
    projector = plant.projector()
    await projector.take([from_bus(d) for d in deliveries])
    assert await plant.rows() == [{"task": "a", "text": "1", "done": True}]


async def test_a_relay_that_lost_its_lease_does_not_move_the_cursor(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1))
    paused, other = plant.relay, plant.new_relay(plant.store)
    assert await paused.lease.take()
    await plant.database.write(lambda c: c.exec_driver_sql("UPDATE carnet_lease SET expires_at = 0"))
    await plant.relay_all(other)
    with pytest.raises(LeaseLost):
        await paused.relay(await plant.store.read_all())
    assert (await other.cursor()).position == await plant.store.head()


async def test_a_store_older_than_the_cursor_is_refused(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1), PutOut(lamp="a"))
    await plant.relay_all()
    restored = MemoryEventStore()
    await Stream(restored, lamps, "lamp-a").handle(Lit(lamp="a", watts=1), Because("test", "c"))
    with pytest.raises(CursorAhead, match="carnet renew objects"):
        await plant.new_relay(restored).check_ends()


async def test_an_emptied_topic_is_filled_again(plant: Plant, tmp_path: Path) -> None:
    await plant.act(Lit(lamp="a", watts=1), PutOut(lamp="a"))
    await plant.relay_all()
    empty = await SqliteBus.open(tmp_path / "empty.db")
    relay = replace(plant.new_relay(plant.store), bus=empty)
    await relay.check_ends()
    await plant.relay_all(relay)
    member = await empty.subscribe("look", [TOPIC])
    assert revisions(await member.batch()) == [(0, -1), (1, 0)]
    await member.close()
    await empty.close()


async def test_a_running_relay_follows_pauses_and_goes_on(plant: Plant) -> None:
    running = asyncio.create_task(plant.relay.run())
    member = await plant.bus.subscribe("look", [TOPIC])
    await plant.act(Lit(lamp="a", watts=1))
    assert revisions(await member.batch()) == [(0, -1)]
    plant.relay.pause()
    await plant.act(PutOut(lamp="a"))
    plant.relay.resume()
    assert revisions(await member.batch()) == [(1, 0)]
    await member.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def published(plant: Plant, *events: Any) -> list[Notice]:
    await plant.act(*events)
    await plant.relay_all()
    return [from_bus(d) for d in await plant.kept()]


async def test_a_dropped_message_is_healed_from_the_feed(plant: Plant) -> None:
    first, second, third = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="a", watts=2))
    projector = plant.projector()
    await projector.take([first, third])
    assert (await plant.rows())[0]["done"] is False
    await projector.drain()
    assert await plant.rows() == [{"task": "a", "text": "2", "done": True}]
    await projector.take([second])  # it comes after all
    assert await plant.rows() == [{"task": "a", "text": "2", "done": True}]
    assert await plant.database.read(all_rows(tables.Held)) == []
    (incident,) = await plant.database.read(all_rows(tables.Incident))
    assert (incident["stream"], incident["note"]) == ("lamp-a", "1 events before revision 2 came from the feed.")


async def test_a_gap_waits_before_it_is_healed(plant: Plant) -> None:
    first, second, third = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="a", watts=2))
    projector = Projector(task_model, replace(plant.around, gap_seconds=3600.0))
    await projector.take([first, third])
    await projector.drain()
    assert (await plant.rows())[0]["done"] is False
    await projector.take([second])  # late, but in time
    await projector.drain()
    assert await plant.rows() == [{"task": "a", "text": "2", "done": True}]
    assert isinstance(plant.around.feeds, StoreFeeds)
    assert plant.around.feeds.asked == 0


async def test_poison_in_the_middle_of_a_page_costs_its_own_stream_only(plant: Plant) -> None:
    lit = [Lit(lamp=name, watts=watts) for name, watts in (("a", 1), ("b", -2), ("c", 3))]
    notices = await published(plant, *lit, PutOut(lamp="a"), PutOut(lamp="b"), PutOut(lamp="c"))
    projector = plant.projector()
    await projector.take(notices)
    assert [row["task"] for row in await plant.rows() if row["done"]] == ["a", "c"]
    held = await plant.database.read(all_rows(tables.Held))
    assert [(row["stream"], row["revision"], row["reason"]) for row in held] == [
        ("lamp-b", 0, "dead"),
        ("lamp-b", 1, "behind"),
    ]


def reactor(plant: Plant, reactions: Sequence[Reaction]) -> Reactor:
    return Reactor("dispatch", reactions[0], plant.around)


@dataclass
class NotebookRuntime:
    """As much of a runtime as the toy reaction needs."""

    plant: Plant

    async def query(self, query: Any) -> Any:
        return await self.plant.database.read(query)

    async def handle(self, category: Any, stream_id: str, command: Any, because: Because) -> Any:
        return await Stream(self.plant.around.store, category, category.stream(stream_id)).handle(command, because)

    async def notes(self, stream_id: str) -> Any:
        return await Stream(self.plant.around.store, notebook, notebook.stream(stream_id)).state()


async def test_killed_between_append_and_inbox_a_reaction_is_once_in_effect(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1))
    runtime = NotebookRuntime(plant)
    reactions = dispatch.reactions(runtime)  # type: ignore[arg-type]  # as much of a runtime as it needs
    dying = reactor(plant, reactions)
    await dying.react_once(notices[0])  # appended, and here it dies: no inbox row
    await reactor(plant, reactions).take(notices)
    await reactor(plant, reactions).take(notices)
    assert await runtime.notes("a") == ("1",)


async def test_a_reaction_that_fails_for_good_becomes_a_dead_letter(plant: Plant) -> None:
    notices = await published(plant, Lit(lamp="a", watts=1), PutOut(lamp="a"), Lit(lamp="a", watts=2))

    async def fails(_: Any) -> None:
        raise OSError("the printer burns")

    kinds = dispatch.reactions(NotebookRuntime(plant))[0].reacts  # type: ignore[arg-type]
    failing = reactor(plant, [Reaction("a lamp is noted", dict.fromkeys(kinds, fails), start="beginning")])
    await failing.take(notices)
    held = await plant.database.read(all_rows(tables.Held))
    assert [(row["revision"], row["reason"], row["note"]) for row in held] == [
        (0, "dead", "OSError: the printer burns"),
        (1, "behind", ""),
        (2, "behind", ""),
    ]


async def test_the_feed_tells_two_streams_apart_whose_events_have_one_id(plant: Plant) -> None:
    one_id = uuid4()
    for name in ("a", "b"):
        event = NewEvent(one_id, *lamps.codec.encode(Lit(lamp=name, watts=1)))
        await plant.store.append(f"lamp-{name}", [event], NO_STREAM)
    assert [e.subject async for e in follow(plant.store, PUBLICATION)] == ["lamp-a", "lamp-b"]
