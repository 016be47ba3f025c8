"""A real Kafka for tests and benchmarks: one that is named, one in a container, or one from Maven's jars.

`with server() as kafka:` gives a broker that answers, or raises `NotHere` with the reason. `await kafka.clean()`
takes away every topic and offset, for topics have literal names (`carnet.dispatch.v1`). Only a broker of our own
(`OwnKafka`) can be stopped, killed, paused or emptied.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from engines import postgres_container

IMAGE = "confluentinc/cp-kafka:8.1.0"


@dataclass
class Kafka:
    """A broker that answers at `address` (host:port); this one is not ours to stop."""

    address: str

    @property
    def uri(self) -> str:
        """Give what `CARNET_BUS` would be."""
        return f"kafka://{self.address}"

    async def clean(self) -> None:
        """Delete all topics, and what groups have committed goes with them; nobody may be at work on them."""
        admin = import_module("aiokafka.admin").AIOKafkaAdminClient(bootstrap_servers=self.address)
        await admin.start()
        try:
            while topics := own(await admin.list_topics()):  # the broker hears of it a moment after the controller
                await admin.delete_topics(topics)
                await asyncio.sleep(0.02)
        finally:
            await admin.close()


def own(topics: Sequence[str]) -> list[str]:
    """Give those that are not the broker's."""
    return [topic for topic in topics if not topic.startswith("__")]


@contextmanager
def server() -> Iterator[Kafka]:
    """Give a Kafka for as long as the block runs; raises NotHere."""
    if address := os.environ.get("CARNET_KAFKA"):
        yield Kafka(address)
    elif postgres_container.is_possible():
        with container() as kafka:
            yield Kafka(kafka.get_bootstrap_server())
    else:
        with import_module("engines.kafka_process").running() as kafka:
            yield kafka


def container() -> Any:
    """Make a container of one broker, not yet started."""
    return import_module("testcontainers.community.kafka").KafkaContainer(IMAGE).with_kraft()
