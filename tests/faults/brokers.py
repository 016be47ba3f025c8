"""What the firm's messages go through, as one who harms it sees it: gone for a while, emptied, dealt to another."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from engines.kafka_process import OwnKafka

from carnet.kernel.bus.kafka import KafkaBus
from carnet.kernel.settings import ServiceSettings


@dataclass
class LogFile:
    """The embedded bus: gone while somebody else writes its file, empty when that was deleted."""

    file: Path
    outage = 2.0

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        with closing(sqlite3.connect(self.file, isolation_level=None, timeout=5)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    async def empty(self) -> None:
        for file in self.file.parent.glob(f"{self.file.name}*"):
            file.unlink()

    @asynccontextmanager
    async def dealing_anew(self) -> AsyncIterator[None]:
        yield

    async def deal_anew(self, group: str) -> None:
        """Give a group's lease to one who never renews it."""
        with closing(sqlite3.connect(self.file, timeout=5)) as other, other:
            other.execute("UPDATE carnet_lease SET holder = 'another' WHERE name = ?", (f"group {group}",))


@dataclass
class KafkaBroker:
    """A Kafka of our own."""

    kafka: OwnKafka
    settings: ServiceSettings
    outage = 30.0
    joining: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        await asyncio.to_thread(self.kafka.stop, kill=True)
        yield
        await asyncio.to_thread(self.kafka.start)

    async def empty(self) -> None:
        async with self.gone():
            await asyncio.to_thread(self.kafka.empty)

    async def add_partitions(self, topic: str, count: int) -> None:
        """Let a topic have so many: keys come to lie elsewhere."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.address)
        await admin.start()
        await admin.create_partitions({topic: NewPartitions(count)})
        await admin.close()

    @asynccontextmanager
    async def dealing_anew(self) -> AsyncIterator[None]:
        """Wait at the end until the other members have left."""
        yield
        await asyncio.gather(*self.joining)

    async def deal_anew(self, group: str) -> None:
        """Let another member join, for long enough that the batch in hand is not done with in time."""
        task = asyncio.create_task(self.join_and_leave(group))
        self.joining.add(task)
        await asyncio.wait([task], timeout=8)

    async def join_and_leave(self, group: str) -> None:
        other = KafkaBus(self.settings)
        member = await other.subscribe(group, ["carnet.objects.v1"])
        await member.close()
        await other.close()
