"""A member of a Kafka group in races that a real broker shows too seldom."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from carnet.kernel.bus.kafka import member
from carnet.kernel.bus.kafka.member import KafkaSubscription
from carnet.kernel.bus.port import BusUnavailable

PARTITION = TopicPartition("carnet.test.v1", 0)


class Consumer:
    """Has one partition; a commit takes until it `may` end."""

    def __init__(self) -> None:
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.committed: dict[TopicPartition, int] = {}

    def assignment(self) -> set[TopicPartition]:
        return {PARTITION}

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self.asked.set()
        await self.may.wait()
        self.committed |= offsets


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(*PARTITION, offset, 0, 0, b"a", b"1", None, 1, 1, ())


def joined(consumer: Consumer, behind: int = 0, why: str = "") -> KafkaSubscription:
    """Make a member whose group is so many messages behind, and whose probe finds out why."""

    async def look() -> int:
        return behind

    async def probe(_: AIOKafkaConsumer) -> None:
        if why:
            raise BusUnavailable(why)

    async def leave(_: KafkaSubscription) -> None: ...

    return KafkaSubscription("group", look, probe, leave, subscriber=SimpleNamespace(consumer=consumer))


async def test_a_rebalance_waits_for_a_commit_that_is_under_way() -> None:
    consumer = Consumer()
    group = joined(consumer)
    offering = asyncio.create_task(group.take([record(0)]))
    assert len(await group.batch()) == 1
    committing = asyncio.create_task(group.commit())
    await consumer.asked.wait()
    dealing = asyncio.create_task(group.on_partitions_revoked({PARTITION}))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not dealing.done()
    consumer.may.set()
    await asyncio.gather(committing, dealing, offering)
    assert consumer.committed == {PARTITION: 1}
    group.check()


async def test_what_is_published_while_a_member_looks_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member, "LOOK_SECONDS", 0.2)
    group = joined(Consumer(), behind=1)
    looked = asyncio.Event()

    async def look() -> int:
        looked.set()
        return 1

    group.look = look
    waiting = asyncio.create_task(group.batch())
    await looked.wait()
    offering = asyncio.create_task(group.take([record(0)]))
    assert len(await waiting) == 1
    await offering


@pytest.mark.parametrize("why", ["", "Kafka does not permit it."])
async def test_who_is_given_nothing_though_there_is_something_says_why(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(member, "LOOK_SECONDS", 0.01)
    group = joined(Consumer(), behind=3, why=why)
    with pytest.raises(BusUnavailable, match=why or "The group group is 3 messages behind, and none of them comes."):
        await group.batch()
    with pytest.raises(BusUnavailable):
        await group.batch()
