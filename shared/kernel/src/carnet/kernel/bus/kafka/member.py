"""One member of a group on Kafka: FastStream pushes batches, the port pulls; offsets move when they are committed."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import BusUnavailable, Delivery, Message

DRAIN_SECONDS: Final = 5.0  # for which a rebalance waits until what was handed out is committed
COMMIT_SECONDS: Final = 10.0
WAIT_MILLISECONDS: Final = 1000  # for records; then FastStream looks whether it is to stop
MOST: Final = 500  # records of a batch
LOOK_SECONDS: Final = 5.0  # of silence, after which a member asks whether there is nothing or nobody
FASTSTREAMS_OWN: Final = {"content-type", "correlation_id"}


@dataclass(eq=False)
class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """A member; `look` counts what its group has not committed, `leave` takes it out of the bus.

    `probe` raises BusUnavailable with what keeps a consumer from reading, where Kafka says it.
    """

    group: str
    look: Callable[[], Awaitable[int]]
    probe: Callable[[AIOKafkaConsumer], Awaitable[None]]
    leave: Callable[["KafkaSubscription"], Awaitable[None]]
    subscriber: Any = None
    waiting: deque[ConsumerRecord[bytes, bytes]] = field(default_factory=deque)
    handed: dict[TopicPartition, int] = field(default_factory=dict)
    """Where to go on in each partition once what was handed out is done with."""
    lost: str = ""
    bell: Bell = field(default_factory=Bell)
    emptied: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Offer a batch from FastStream, which fetches the next one when this one has been handed out."""
        self.waiting.extend(records)
        self.emptied.clear()
        self.bell.ring()
        if self.waiting and not self.lost:
            await self.emptied.wait()

    async def batch(self, limit: int = 500) -> Sequence[Delivery]:
        while True:
            rung = self.bell.rung
            self.check()
            if self.waiting:
                return [delivery(record) for record in self.hand_out(limit)]
            await self.bell.wait(rung, LOOK_SECONDS)
            if self.bell.rung == rung:
                await self.look_for_silence()

    def hand_out(self, limit: int) -> list[ConsumerRecord[bytes, bytes]]:
        records = [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]
        self.handed |= {TopicPartition(each.topic, each.partition): each.offset + 1 for each in records}
        self.done.clear()
        if not self.waiting:
            self.emptied.set()
        return records

    async def look_for_silence(self) -> None:
        """Raise BusUnavailable where the broker is gone, or where it has something for us and gives nothing."""
        rung, behind, consumer = self.bell.rung, await self.look(), self.subscriber.consumer
        if not behind or self.handed or consumer is None or not consumer.assignment():
            return
        await self.bell.wait(rung, LOOK_SECONDS)  # what was published just now is on its way
        if self.bell.rung == rung:
            self.lose(f"The group {self.group} is {behind} messages behind, and none of them comes.")
            await self.probe(consumer)
            self.check()

    async def commit(self) -> None:
        self.check()
        try:
            if self.handed:
                async with asyncio.timeout(COMMIT_SECONDS):  # aiokafka would try for ever
                    await self.subscriber.consumer.commit(self.handed)
        except (KafkaError, TimeoutError) as error:
            self.lose(
                f"The group {self.group} could not commit; another member may serve its part now. {error}".strip()
            )
            raise BusUnavailable(self.lost) from error
        finally:
            self.handed = {}
            self.done.set()

    def check(self) -> None:
        """Raise BusUnavailable when the connection, or what was handed out, is known to be lost."""
        if self.lost:
            raise BusUnavailable(self.lost)

    def lose(self, why: str) -> None:
        """Give up; whoever waits for a batch hears why."""
        self.lost = self.lost or why
        self.forget()
        self.bell.ring()

    def forget(self) -> None:
        """Drop what was not handed out: it comes again, here or elsewhere."""
        self.waiting.clear()
        self.emptied.set()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002  # Kafka takes all of them
        """Let what was handed out be committed before its partitions may go to another."""
        self.forget()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.handed:
                    await self.done.wait()
        if self.handed:
            self.lose(f"The group {self.group} was dealt anew before a batch was done with.")

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to do: each partition goes on where the group has committed."""

    async def close(self) -> None:
        self.lose(f"The member of {self.group} has left.")
        await self.leave(self)


def delivery(record: ConsumerRecord[bytes, bytes]) -> Delivery:
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    ours = {name: value for name, value in headers.items() if name not in FASTSTREAMS_OWN}
    key = (record.key or b"").decode(errors="replace")
    return Delivery(record.topic, Message(key, record.value or b"", ours))


async def come(consumer: Any) -> tuple[ConsumerRecord[bytes, bytes], ...]:
    """Wait for the next records, whichever partitions they come from."""
    found = await consumer.getmany(timeout_ms=WAIT_MILLISECONDS, max_records=MOST)
    return tuple(record for records in found.values() for record in records)


async def untouched(records: tuple[ConsumerRecord[bytes, bytes], ...]) -> KafkaMessage:
    """Parse nothing: a record with a header that is no text must not take its batch with it."""
    return KafkaMessage(raw_message=records, body=b"", consumer=FAKE_CONSUMER)


async def undecoded(message: KafkaMessage) -> Sequence[ConsumerRecord[bytes, bytes]]:
    """Decode nothing: the member reads the records themselves."""
    records: Sequence[ConsumerRecord[bytes, bytes]] = message.raw_message
    return records
