"""The relay publishes all again where its store or its bus began anew, and refuses a store that is too old."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_relay import PUBLICATION, TOPIC, Plant, planted, revisions
from toy import Lit, PutOut

from carnet.kernel import relay as relaying
from carnet.kernel.bus.port import Bus, Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.metrics import Metrics
from carnet.kernel.relay import CursorAhead, Relay, TopicEmptied

A, A_OUT = Lit(lamp="a", watts=1), PutOut(lamp="a")


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    async with planted(tmp_path, None) as made:
        yield made


@pytest.fixture
async def other_bus(tmp_path: Path) -> AsyncIterator[Bus]:
    opened = await SqliteBus.open(tmp_path / "other.db")
    yield opened
    await opened.close()


class Replaceable:
    """A bus in whose place another one is put, as a broker whose disk was lost comes back."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)


async def end_of(bus: Any) -> int:
    end: int = await bus.end(TOPIC)
    return end


def of_life(plant: Plant, life: int, bus: Any = None) -> Relay:
    publication = replace(PUBLICATION, source=f"/carnet/test/objects/{life}")
    return Relay(plant.store, bus or plant.bus, plant.database, publication, Metrics())


async def kept(bus: Bus) -> list[tuple[int, int]]:
    member = await bus.subscribe("look", [TOPIC])
    found = revisions(await member.batch()) if await bus.lag("look", [TOPIC]) else []
    await member.close()
    return found


async def test_a_restored_store_is_published_again_from_its_first_event(plant: Plant) -> None:
    await plant.act(A, A_OUT)
    await plant.relay_all(of_life(plant, 1))
    await plant.relay_all(of_life(plant, 2))
    await plant.relay_all(of_life(plant, 2))
    assert await kept(plant.bus) == [(0, -1), (1, 0)] * 2


async def test_an_earlier_incarnation_than_was_published_is_refused(plant: Plant) -> None:
    await plant.act(A)
    await plant.relay_all(of_life(plant, 2))
    with pytest.raises(CursorAhead, match="Run `carnet renew objects`"):
        await of_life(plant, 1).check_ends()


async def test_another_bus_gets_all_also_when_it_holds_as_much(plant: Plant, other_bus: Bus) -> None:
    await plant.act(A, A_OUT)
    await plant.relay_all(of_life(plant, 1))
    await other_bus.publish(TOPIC, [Message("x", b"not ours")] * 5)
    await plant.relay_all(of_life(plant, 1, other_bus))
    assert len(await other_bus_batch(other_bus)) == 7


async def other_bus_batch(bus: Bus) -> list[bytes]:
    member = await bus.subscribe("look", [TOPIC])
    found = [delivery.message.value for delivery in await member.batch()]
    await member.close()
    return found


async def test_a_topic_that_has_not_grown_by_what_was_published_is_noticed_before_the_cursor_moves(
    plant: Plant, other_bus: Bus
) -> None:
    await plant.act(A, A_OUT)
    bus = Replaceable(plant.bus)
    relay = of_life(plant, 1, bus)
    await plant.relay_all(relay)
    await plant.act(Lit(lamp="b", watts=2))
    bus.bus = other_bus
    cursor = await relay.cursor()
    with pytest.raises(TopicEmptied):
        await relay.relay((await plant.store.read_all())[2:], cursor.position)
    assert (await relay.cursor()).position == cursor.position


@asynccontextmanager
async def at_work(relay: Relay) -> AsyncIterator[None]:
    running = asyncio.create_task(relay.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110  # another bus rings no bell here
            await asyncio.sleep(0.01)


async def test_a_relay_at_work_notices_by_itself_that_the_bus_came_back_empty(
    plant: Plant, other_bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "LOOK_SECONDS", 0.01)
    await plant.act(A, A_OUT)
    bus = Replaceable(plant.bus)

    async def is_full() -> bool:
        return await end_of(bus) == 2

    async with at_work(of_life(plant, 1, bus)):
        await until(is_full)
        bus.bus = other_bus  # and nothing is recorded meanwhile
        await until(is_full)
    assert await kept(other_bus) == [(0, -1), (1, 0)]


async def test_a_relay_at_work_fills_an_empty_bus_when_the_next_event_shows_it(plant: Plant, other_bus: Bus) -> None:
    await plant.act(A, A_OUT)
    bus = Replaceable(plant.bus)
    relay = of_life(plant, 1, bus)

    async def has_moved() -> bool:
        return (await relay.cursor()).position == await plant.store.head()

    async def is_full() -> bool:
        return await other_bus.end(TOPIC) >= 3

    async with at_work(relay):
        await until(has_moved)
        bus.bus = other_bus
        await plant.act(Lit(lamp="b", watts=2))
        await until(is_full)
        await until(has_moved)
    assert sorted(set(await kept(other_bus))) == [(0, -1), (1, 0)]
