"""One suite for every adapter of the bus port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from carnet.kernel.bus.port import Bus, Message
from carnet.kernel.bus.sqlite import SqliteBus, shared_bus, tail

Reopen = Callable[[], Awaitable[Bus]]
TOPIC, OTHER = "carnet.test.v1", "carnet.other.v1"


@pytest.fixture(params=["sqlite"])
async def reopen(tmp_path: Path) -> AsyncIterator[Reopen]:
    """Open the bus, again and again: each call is another process's connection."""
    opened: list[Bus] = []

    async def again() -> Bus:
        opened.append(await SqliteBus.open(tmp_path / "bus.db"))
        return opened[-1]

    yield again
    for bus in opened:
        await bus.close()


@pytest.fixture
async def bus(reopen: Reopen) -> Bus:
    return await reopen()


def numbered(count: int, key: str = "a") -> list[Message]:
    return [Message(key, str(n).encode(), {"n": str(n)}) for n in range(count)]


async def test_what_is_published_comes_out_in_order_with_its_headers(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(3))
    member = await bus.subscribe("group", [TOPIC])
    deliveries = await member.batch()
    assert [(d.topic, d.message) for d in deliveries] == [(TOPIC, message) for message in numbered(3)]
    await member.close()


async def test_an_empty_publish_is_nothing(bus: Bus) -> None:
    await bus.publish(TOPIC, [])
    assert await bus.end(TOPIC) == 0


async def test_a_member_waits_for_what_comes(bus: Bus) -> None:
    member = await bus.subscribe("group", [TOPIC])
    waiting = asyncio.create_task(member.batch())
    await asyncio.sleep(0)
    assert not waiting.done()
    await bus.publish(TOPIC, numbered(1))
    assert len(await waiting) == 1
    await member.close()


async def test_a_batch_is_bounded_and_the_next_one_goes_on(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(5))
    member = await bus.subscribe("group", [TOPIC])
    sizes = [len(await member.batch(limit=2)) for _ in range(3)]
    assert sizes == [2, 2, 1]
    await member.close()


async def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(4))
    first = await bus.subscribe("group", [TOPIC])
    await first.batch(limit=2)
    await first.commit()
    await first.batch(limit=2)
    await first.close()
    second = await bus.subscribe("group", [TOPIC])
    assert [d.message.value for d in await second.batch()] == [b"2", b"3"]
    await second.close()


async def test_groups_do_not_know_of_each_other(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(1))
    for group in ("one", "two"):
        member = await bus.subscribe(group, [TOPIC])
        assert len(await member.batch()) == 1
        await member.close()


async def test_a_group_hears_its_topics_only(bus: Bus) -> None:
    await bus.publish(OTHER, numbered(1, "other"))
    await bus.publish(TOPIC, numbered(1))
    member = await bus.subscribe("group", [TOPIC])
    assert [d.topic for d in await member.batch()] == [TOPIC]
    await member.close()


async def test_a_new_group_may_start_now_and_stays_there(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(2))
    await (await bus.subscribe("late", [TOPIC], start="now")).close()
    await bus.publish(TOPIC, numbered(1, "b"))
    member = await bus.subscribe("late", [TOPIC], start="now")
    assert [d.message.key for d in await member.batch()] == ["b"]
    await member.close()


async def test_the_lag_counts_what_is_not_committed(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(3))
    member = await bus.subscribe("group", [TOPIC])
    await member.batch(limit=2)
    assert await bus.lag("group", [TOPIC]) == 3
    await member.commit()
    assert await bus.lag("group", [TOPIC]) == 1
    await member.close()


async def test_the_end_grows_with_what_is_kept_and_outlives_the_process(reopen: Reopen) -> None:
    bus = await reopen()
    await bus.publish(TOPIC, numbered(2))
    end = await bus.end(TOPIC)
    assert end > 0
    assert await (await reopen()).end(TOPIC) == end


async def test_another_process_hears_what_this_one_publishes(reopen: Reopen) -> None:
    here, there = await reopen(), await reopen()
    member = await there.subscribe("group", [TOPIC])
    waiting = asyncio.create_task(member.batch())
    await here.publish(TOPIC, numbered(1))
    assert len(await waiting) == 1
    await member.close()


async def test_one_member_of_a_group_is_served_and_another_stands_by(reopen: Reopen) -> None:
    here, there = await reopen(), await reopen()
    await here.publish(TOPIC, numbered(1))
    first = await here.subscribe("group", [TOPIC])
    standby = asyncio.create_task(there.subscribe("group", [TOPIC]))
    await first.batch()
    assert not standby.done()
    await first.commit()
    await first.close()
    second = await standby
    assert await there.lag("group", [TOPIC]) == 0
    await second.close()


async def test_many_publishers_lose_nothing_and_keep_each_key_in_order(bus: Bus) -> None:
    keys = [f"key-{n}" for n in range(8)]
    await asyncio.gather(*(publish_one_by_one(bus, key) for key in keys))
    member = await bus.subscribe("group", [TOPIC])
    got: list[Message] = []
    while len(got) < len(keys) * 10:
        got += [d.message for d in await member.batch()]
    for key in keys:
        assert [m.value for m in got if m.key == key] == [m.value for m in numbered(10)]
    await member.close()


async def publish_one_by_one(bus: Bus, key: str) -> None:
    for message in numbered(10, key):
        await bus.publish(TOPIC, [message])


async def test_the_services_of_one_process_share_a_bus_until_the_last_has_closed_it(tmp_path: Path) -> None:
    file = tmp_path / "bus.db"
    one, other = await asyncio.gather(shared_bus(file), shared_bus(file))
    assert one is other
    await one.close()
    await other.publish(TOPIC, numbered(1))
    await other.close()
    again = await shared_bus(file)
    assert again is not one
    assert await again.end(TOPIC) == 1
    await again.close()


async def test_commits_that_come_together_are_all_kept(bus: Bus, reopen: Reopen) -> None:
    await bus.publish(TOPIC, numbered(2))
    members = [await bus.subscribe(f"group {n}", [TOPIC]) for n in range(5)]
    for member in members:
        await member.batch()
    await asyncio.gather(*(member.commit() for member in members))
    elsewhere = await reopen()
    assert [await elsewhere.lag(f"group {n}", [TOPIC]) for n in range(5)] == [0] * 5
    for member in members:
        await member.close()


async def test_a_member_reads_the_log_and_then_its_tail_without_a_gap(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "REMEMBERED", 3)
    member = await bus.subscribe("group", [TOPIC])
    got: list[bytes] = []
    for n in range(12):
        await bus.publish(TOPIC if n % 3 else OTHER, [Message("a", str(n).encode())])
        if n % 4 == 3:  # further behind than the tail remembers, and then near
            got += [d.message.value for d in await member.batch(2)]
    while len(got) < 8:
        got += [d.message.value for d in await member.batch()]
    assert [int(value) for value in got] == [n for n in range(12) if n % 3]
    await member.close()


async def test_the_epoch_outlives_the_process_and_whatever_is_published(reopen: Reopen) -> None:
    bus = await reopen()
    epoch = await bus.epoch(TOPIC)
    await bus.publish(TOPIC, numbered(1))
    assert epoch
    assert await bus.epoch(TOPIC) == await (await reopen()).epoch(TOPIC) == epoch


async def test_another_file_is_another_epoch(bus: Bus, tmp_path: Path) -> None:
    other = await SqliteBus.open(tmp_path / "other.db")
    assert await other.epoch(TOPIC) != await bus.epoch(TOPIC)
    await other.close()
