"""One suite for every adapter of the bus port."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from engines.kafka import Kafka

from carnet.kernel.bus.port import Bus, BusUnavailable, Delivery, Message, Subscription
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.settings import MEBIBYTE, ServiceSettings

Reopen = Callable[[], Awaitable[Bus]]
TOPIC, OTHER = "carnet.test.v1", "carnet.other.v1"
MEMBER = Path(__file__).with_name("member_process.py")


@pytest.fixture(params=["sqlite", "kafka"])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> ServiceSettings:
    """Settings that name the bus under test, empty."""
    if request.param == "sqlite":
        return ServiceSettings(data=tmp_path)
    kafka: Kafka = request.getfixturevalue("kafka_server")
    await kafka.clean()
    return ServiceSettings(data=tmp_path, bus=kafka.uri)


async def open_bus(settings: ServiceSettings) -> Bus:
    if settings.bus is None:
        return await SqliteBus.open(settings.data / "bus.db")
    from carnet.kernel.bus.kafka import KafkaBus  # noqa: PLC0415  # only where a Kafka is there

    return KafkaBus(settings)


@pytest.fixture
async def reopen(settings: ServiceSettings) -> AsyncIterator[Reopen]:
    """Open the bus, again and again: each call is another process's connection."""
    opened: list[Bus] = []

    async def again() -> Bus:
        opened.append(await open_bus(settings))
        return opened[-1]

    yield again
    for bus in opened:
        await bus.close()


@pytest.fixture
async def bus(reopen: Reopen) -> Bus:
    return await reopen()


async def take(member: Subscription, count: int, limit: int = 500) -> list[Delivery]:
    """Wait for so many messages; how they are cut into batches is the engine's affair."""
    got: list[Delivery] = []
    while len(got) < count:
        got += await member.batch(min(limit, count - len(got)))
    return got


def values(deliveries: list[Delivery]) -> list[bytes]:
    return [delivery.message.value for delivery in deliveries]


def numbered(count: int, key: str = "a") -> list[Message]:
    return [Message(key, str(n).encode(), {"n": str(n)}) for n in range(count)]


async def test_what_is_published_comes_out_in_order_with_its_headers(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(3))
    member = await bus.subscribe("group", [TOPIC])
    deliveries = await take(member, 3)
    assert [(d.topic, d.message) for d in deliveries] == [(TOPIC, message) for message in numbered(3)]
    await member.close()


async def test_an_empty_publish_is_nothing(bus: Bus) -> None:
    assert await bus.publish(TOPIC, []) == 0
    assert await bus.end(TOPIC) == 0


async def test_a_member_waits_for_what_comes(bus: Bus) -> None:
    member = await bus.subscribe("group", [TOPIC])
    waiting = asyncio.create_task(member.batch())
    await asyncio.sleep(0)
    assert not waiting.done()
    await bus.publish(TOPIC, numbered(1))
    assert len(await waiting) == 1
    await member.close()


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


async def test_the_first_that_is_left_is_what_the_group_would_be_given(bus: Bus) -> None:
    assert await bus.first_left("group", [TOPIC]) == []
    await bus.publish(TOPIC, numbered(2))
    assert values(list(await bus.first_left("group", [TOPIC]))) == [b"0"]
    assert await bus.first_left("group", [OTHER]) == []
    member = await bus.subscribe("group", [TOPIC])
    await take(member, 1, limit=1)
    await member.commit()
    (left,) = await bus.first_left("group", [TOPIC])
    assert (left.topic, left.message) == (TOPIC, numbered(2)[1])
    await take(member, 1)
    await member.commit()
    assert await bus.first_left("group", [TOPIC]) == []
    await member.close()


async def test_the_end_grows_with_what_is_kept_and_outlives_the_process(reopen: Reopen) -> None:
    bus = await reopen()
    first = await bus.publish(TOPIC, numbered(2))
    end = await bus.publish(TOPIC, numbered(3, "b"))
    assert end == await bus.end(TOPIC) == first + 3
    assert await (await reopen()).end(TOPIC) == end


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


async def test_the_epoch_outlives_the_process_and_whatever_is_published(reopen: Reopen) -> None:
    bus = await reopen()
    epoch = await bus.epoch(TOPIC)
    await bus.publish(TOPIC, numbered(1))
    assert epoch
    assert await bus.epoch(TOPIC) == await (await reopen()).epoch(TOPIC) == epoch


async def test_a_batch_is_bounded_and_the_next_one_goes_on(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(5))
    member = await bus.subscribe("group", [TOPIC])
    got: list[Delivery] = []
    while len(got) < 5:
        some = await member.batch(limit=2)
        assert 1 <= len(some) <= 2
        got += some
    assert values(got) == [b"0", b"1", b"2", b"3", b"4"]
    await member.close()


async def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(4))
    first = await bus.subscribe("group", [TOPIC])
    await take(first, 2)
    await first.commit()
    await take(first, 2)
    await first.close()
    second = await bus.subscribe("group", [TOPIC])
    assert values(await take(second, 2)) == [b"2", b"3"]
    await second.close()


async def test_a_member_that_has_left_gives_and_commits_nothing(bus: Bus) -> None:
    await bus.publish(TOPIC, numbered(1))
    member = await bus.subscribe("group", [TOPIC])
    await take(member, 1)
    await member.close()
    with pytest.raises(BusUnavailable):
        await member.commit()
    assert await bus.lag("group", [TOPIC]) == 1


async def test_what_one_member_has_committed_another_is_not_given(reopen: Reopen) -> None:
    here, there = await reopen(), await reopen()
    await here.publish(TOPIC, numbered(3))
    first = await here.subscribe("group", [TOPIC])
    joining = asyncio.create_task(there.subscribe("group", [TOPIC]))
    await take(first, 3)
    await first.commit()
    await first.close()
    second = await joining
    await here.publish(TOPIC, [Message("a", b"new")])
    assert values(await take(second, 1)) == [b"new"]
    await second.commit()
    assert await there.lag("group", [TOPIC]) == 0
    await second.close()


async def test_the_part_of_a_dead_member_goes_to_another(bus: Bus, settings: ServiceSettings) -> None:
    await bus.publish(TOPIC, numbered(3))
    address = settings.bus or str(settings.data / "bus.db")
    dying = await asyncio.create_subprocess_exec(sys.executable, MEMBER, address, TOPIC, stdout=asyncio.subprocess.PIPE)
    assert dying.stdout is not None
    assert await dying.stdout.readline() == b"3\n"
    dying.kill()
    await dying.wait()
    member = await bus.subscribe("group", [TOPIC])
    assert values(await take(member, 3)) == [b"0", b"1", b"2"]
    await member.close()


async def test_another_process_hears_what_this_one_publishes(reopen: Reopen) -> None:
    here, there = await reopen(), await reopen()
    member = await there.subscribe("group", [TOPIC])
    waiting = asyncio.create_task(member.batch())
    await here.publish(TOPIC, numbered(1))
    assert len(await waiting) == 1
    await member.close()


async def test_a_whole_append_of_the_store_passes(bus: Bus) -> None:
    large = Message("a", b"x" * MEBIBYTE, {"n": "1"})
    await bus.publish(TOPIC, [large, *numbered(1)])
    member = await bus.subscribe("group", [TOPIC])
    assert [d.message for d in await take(member, 2)] == [large, *numbered(1)]
    await member.close()
