"""Topics and offsets: topics that keep for ever are made on first use; offsets are summed over their partitions."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.structs import OffsetAndMetadata, RecordMetadata
from faststream.kafka import KafkaBroker

from carnet.kernel.bus.kafka.connection import ANSWER_SECONDS, REQUEST_BYTES, released
from carnet.kernel.settings import ServiceSettings

FOR_EVER: Final = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


@dataclass
class Topics:
    """What one connected broker knows of topics; `scout` is a consumer without a group, to ask for offsets."""

    settings: ServiceSettings
    broker: KafkaBroker
    scout: AIOKafkaConsumer
    known: set[str] = field(default_factory=set)
    acknowledged: dict[str, dict[TopicPartition, int]] = field(default_factory=dict)
    """Where each partition ended after the last of ours."""

    @property
    def admin(self) -> Any:
        return self.broker.config.broker_config.admin_client

    async def ensure(self, *topics: str) -> None:
        """Make those that are missing."""
        for topic in set(topics) - self.known:
            await self.make(topic, self.settings.kafka_partitions)

    async def make(self, topic: str, partitions: int) -> None:
        """Make a topic, unless it is there, and wait until it can be used."""
        if topic not in await self.admin.list_topics():
            configs = FOR_EVER | {"max.message.bytes": str(REQUEST_BYTES)}
            new = NewTopic(topic, partitions, self.settings.kafka_replication, topic_configs=configs)
            for _, code, *said in (await self.admin.create_topics([new])).topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise for_code(code)(f"{topic}: {said[0] or 'it cannot be made'}")
            async with asyncio.timeout(ANSWER_SECONDS):
                while not await self.is_led(topic):  # noqa: ASYNC110  # the broker hears of it after the controller
                    await asyncio.sleep(0.02)
        self.known.add(topic)

    async def is_led(self, topic: str) -> bool:
        """Say whether a topic that was made can be used; raises KafkaError where it may not be described."""
        (found,) = await self.admin.describe_topics([topic])
        if found["error_code"] == TopicAuthorizationFailedError.errno:
            raise TopicAuthorizationFailedError(f"{topic}: it may not be described")
        return bool(found["partitions"]) and all(partition["leader"] >= 0 for partition in found["partitions"])

    async def partitions(self, *topics: str) -> list[TopicPartition]:
        """Give the partitions of those topics that exist and may be described."""
        there = set(await self.admin.list_topics()).intersection(topics)
        found = await self.admin.describe_topics(sorted(there)) if there else []
        return [TopicPartition(t["topic"], p["partition"]) for t in found for p in t["partitions"] if p["leader"] >= 0]

    async def ends(self, *topics: str) -> dict[TopicPartition, int]:
        """Give where each partition ends."""
        if not (partitions := await self.partitions(*topics)):
            return {}
        async with asyncio.timeout(ANSWER_SECONDS):
            ends: dict[TopicPartition, int] = await self.scout.end_offsets(partitions)
        return ends

    async def grown(self, topic: str, acks: Iterable[RecordMetadata]) -> int:
        """Give a topic's end by what was acknowledged: to ask the broker with each page takes longer than to publish.

        Another's messages show only in the partitions of ours; an offset that goes back shows an emptied broker.
        """
        if (ends := self.acknowledged.get(topic)) is None:
            ends = self.acknowledged[topic] = await self.ends(topic)
        ends |= {TopicPartition(ack.topic, ack.partition): ack.offset + 1 for ack in acks}
        return sum(ends.values())

    async def committed(self, group: str, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Give what a group has committed, by partition; one that it has not is left out."""
        asked = list(partitions)
        async with asyncio.timeout(ANSWER_SECONDS):
            while (found := await self.kept(group, asked)).keys() != set(asked):  # noqa: ASYNC110  # it rings no bell
                await asyncio.sleep(0.05)
        return {partition: kept.offset for partition, kept in found.items() if kept.offset >= 0}

    async def kept(self, group: str, partitions: list[TopicPartition]) -> Mapping[TopicPartition, OffsetAndMetadata]:
        """Give what the group's coordinator says of each partition: -1 for none, nothing while it starts."""
        try:
            found = await self.admin.list_consumer_group_offsets(group, partitions=partitions) if partitions else {}
        except GroupCoordinatorNotAvailableError:
            return {}
        return dict(found)

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        ends = await self.ends(*topics)
        committed = await self.committed(group, ends)
        return sum(max(0, end - committed.get(partition, 0)) for partition, end in ends.items())

    async def first_left(self, group: str, topics: Sequence[str]) -> "list[ConsumerRecord[bytes, bytes]]":
        ends = await self.ends(*topics)
        committed = await self.committed(group, ends)
        places = {partition: committed.get(partition, 0) for partition in ends}
        return await self.records({partition: at for partition, at in places.items() if at < ends[partition]})

    async def begin_at_the_end(self, group: str, topics: Sequence[str]) -> None:
        """Commit the ends for a group that has committed nothing: what comes from now on is its own."""
        ends = await self.ends(*topics)
        if await self.committed(group, ends):
            return
        consumer = (await self.broker.connect())(group_id=group, enable_auto_commit=False)
        consumer.assign(list(ends))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
                await consumer.commit(ends)
        finally:
            await released(consumer, consumer.stop())

    async def epoch(self, topic: str) -> str:
        """Give the first record of the topic's little companion, and put one there if there is none."""
        name = f"{topic}.epoch"
        if name not in self.known:
            await self.make(name, partitions=1)
        if not any((await self.ends(name)).values()):
            await self.broker.publish(str(uuid4()).encode(), name, partition=0)
        (first,) = await self.records({TopicPartition(name, 0): 0})
        return str((first.value or b"").decode())

    async def records(self, places: Mapping[TopicPartition, int]) -> "list[ConsumerRecord[bytes, bytes]]":
        """Read one record of each partition, there or as soon behind as there is one."""
        if not places:
            return []
        consumer = (await self.broker.connect())(enable_auto_commit=False, auto_offset_reset="earliest")
        consumer.assign(list(places))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
                for partition, offset in places.items():
                    consumer.seek(partition, offset)
                return [await consumer.getone(partition) for partition in places]
        finally:
            await released(consumer, consumer.stop())
