"""The adapter: one FastStream broker a service, connected on first use and again after a failure."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError, MessageSizeTooLargeError

from carnet.kernel.bus.kafka.connection import abandon, knock, new_broker, released
from carnet.kernel.bus.kafka.member import KafkaSubscription, come, delivery, undecoded, untouched
from carnet.kernel.bus.kafka.refusals import FORBIDDEN, asking
from carnet.kernel.bus.kafka.topics import Topics
from carnet.kernel.bus.port import BusUnavailable, Delivery, Message, Start
from carnet.kernel.settings import ServiceSettings

PUBLISH_SECONDS: Final = 10.0
JOIN_SECONDS: Final = 30.0  # another member may first finish its batch
PROBE_MILLISECONDS: Final = 2000  # a fetch that is refused is sent again every second
TRUSTY: Final = (*FORBIDDEN, MessageSizeTooLargeError)  # a refusal that says nothing against the connection


class KafkaBus:
    """Topics and groups on a Kafka that may come and go."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self.topics: Topics | None = None
        self.members: set[KafkaSubscription] = set()
        self.turn = asyncio.Lock()

    @asynccontextmanager
    async def connected(self, to: str) -> AsyncIterator[Topics]:
        """Give the connection, made on first use; a failure other than a refusal closes it, to begin afresh."""
        topics = await self.connect()
        try:
            with asking(self.settings, to):
                yield topics
        except BusUnavailable as error:
            if not isinstance(error.__cause__, TRUSTY):
                await self.disconnect(topics, str(error))
            raise

    async def connect(self) -> Topics:
        async with self.turn:
            if self.topics is None:
                await knock(self.settings)
                with asking(self.settings, "publish anything"):
                    self.topics = await started(self.settings)
            return self.topics

    async def disconnect(self, topics: Topics, why: str) -> None:
        """Let go of a connection and of all members that stand on it."""
        async with self.turn:
            if self.topics is not topics:
                return  # another caller did
            self.topics = None
            for member in self.members:
                member.lose(why)
            await closed(topics)

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        if not messages:
            return 0
        async with self.connected(f"write to {topic}") as topics:
            async with asyncio.timeout(PUBLISH_SECONDS):
                await topics.ensure(topic)
                send = topics.broker.publish
                acks = [
                    await send(m.value, topic, key=m.key.encode(), headers=dict(m.headers), no_confirm=True)
                    for m in messages
                ]
                return await topics.grown(topic, await asyncio.gather(*acks))

    async def subscribe(self, group: str, topics: Sequence[str], start: Start = "beginning") -> KafkaSubscription:
        async with self.connected(reading(group, topics)) as known:
            await known.ensure(*topics)
            if start == "now":
                await known.begin_at_the_end(group, topics)
            await known.lag(group, topics)  # what is not permitted shows here, where FastStream would only log it
            return await self.join(known, group, topics)

    async def join(self, known: Topics, group: str, topics: Sequence[str]) -> KafkaSubscription:
        """Join through a FastStream subscriber; returns when partitions are assigned."""
        member = KafkaSubscription(
            group,
            look=lambda: self.lag(group, topics),
            probe=lambda consumer: self.probe(consumer, reading(group, topics)),
            leave=self.leave,
        )
        member.subscriber = known.broker.subscriber(
            *topics,
            group_id=group,
            batch=True,
            auto_offset_reset="earliest",
            listener=member,
            parser=untouched,
            decoder=undecoded,
            persistent=False,
        )
        member.subscriber(member.take)
        member.subscriber.get_msg = come  # its own looks 20 times a second, and sleeps after each look in vain
        self.members.add(member)
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await member.subscriber.start()
        except BaseException:
            await member.close()
            raise
        return member

    async def probe(self, consumer: AIOKafkaConsumer, to: str) -> None:
        """Hear what FastStream would only log; what comes after all is lost to this consumer."""
        async with self.connected(to):
            with suppress(ConsumerStoppedError):
                await consumer.getmany(timeout_ms=PROBE_MILLISECONDS)

    async def leave(self, member: KafkaSubscription) -> None:
        self.members.discard(member)
        await released(member.subscriber.consumer, member.subscriber.stop())

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        async with self.connected(f"count what the group {group} has read") as known:
            return await known.lag(group, topics)

    async def first_left(self, group: str, topics: Sequence[str]) -> list[Delivery]:
        async with self.connected(f"look at what the group {group} has not read") as known:
            return [delivery(record) for record in await known.first_left(group, topics)]

    async def end(self, topic: str) -> int:
        async with self.connected(f"say where {topic} ends") as known:
            return sum((await known.ends(topic)).values())

    async def epoch(self, topic: str) -> str:
        async with self.connected(f"name the epoch of {topic}") as known:
            return await known.epoch(topic)

    async def close(self) -> None:
        for member in list(self.members):
            await member.close()
        if self.topics is not None:
            await self.disconnect(self.topics, "The bus is closed.")


def reading(group: str, topics: Sequence[str]) -> str:
    return f"read {', '.join(topics)} as the group {group}"


async def started(settings: ServiceSettings) -> Topics:
    """Connect a new broker and its scout; raises what aiokafka raises."""
    broker = new_broker(settings)
    try:
        await broker.start()
        scout = (await broker.connect())(enable_auto_commit=False)
        await scout.start()
    except BaseException:
        await abandon(broker)
        raise
    return Topics(settings, broker, scout)


async def closed(topics: Topics) -> None:
    await released(topics.scout, topics.scout.stop())
    await abandon(topics.broker)
