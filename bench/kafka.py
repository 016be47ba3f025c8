"""What goes through Kafka: to another context's read model at a steady rate, and relay and port beside bare aiokafka.

The broker is a real one (`tests/engines` says where it comes from; `PYTHONPATH=tests`). The peer sends and reads the
same messages in the same pages with aiokafka's own producer and consumer, set as safely as ours: all acknowledgements,
idempotent, a commit a page. The relay also reads its store, wraps the events and moves its cursor.
"""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from bench import crossing
from bench.rebuild import OBJECTS, parties
from bench.report import Row, percentile, say
from bench.rig import batched, fill
from engines import NotHere
from engines.kafka import Kafka, server

from carnet.kernel.bus.kafka import KafkaBus
from carnet.kernel.bus.kafka.connection import REQUEST_BYTES
from carnet.kernel.bus.port import Message
from carnet.kernel.database import Database
from carnet.kernel.metrics import Metrics
from carnet.kernel.migrations import bring_up
from carnet.kernel.relay import Relay
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.memory import MemoryEventStore

COUNT: Final = 20_000
PAGE: Final = 500
CROSSING: Final = "event to another context's read model, Kafka"


async def relayed(kafka: Kafka, store: MemoryEventStore) -> float:
    """Relay a whole store; give the events a second."""
    with TemporaryDirectory() as folder:
        database, bus = Database.in_folder(Path(folder)), await connected(kafka, OBJECTS.topic)
        await database.write(lambda connection: bring_up(connection, "carnet", OBJECTS.context))
        relay, head = Relay(store, bus, database, OBJECTS, Metrics()), await store.head()
        begin, running = time.perf_counter(), asyncio.create_task(relay.run())
        while (await relay.cursor()).position != head:  # noqa: ASYNC110  # as an operator looks
            await asyncio.sleep(0.01)
        spent = time.perf_counter() - begin
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bus.close()
        database.close()
    return COUNT / spent


async def connected(kafka: Kafka, topic: str) -> KafkaBus:
    bus = KafkaBus(ServiceSettings(bus=kafka.uri))
    await bus.publish(topic, [Message("first", b"{}")])  # the topic is made, the producer has its id
    return bus


async def published(kafka: Kafka, pages: Sequence[Sequence[Message]]) -> tuple[float, float]:
    """Publish through the port, then read all of it with a commit a batch; give the messages a second of both."""
    bus = await connected(kafka, "bench.ours.v1")
    begin = time.perf_counter()
    for page in pages:
        await bus.publish("bench.ours.v1", page)
    sent = time.perf_counter()
    member, got = await bus.subscribe("ours", ["bench.ours.v1"]), 0
    joined = time.perf_counter()
    while got < COUNT:
        got += len(await member.batch(PAGE))
        await member.commit()
    done = time.perf_counter()
    await member.close()
    await bus.close()
    return COUNT / (sent - begin), COUNT / (done - joined)


async def bare(kafka: Kafka, pages: Sequence[Sequence[Message]]) -> tuple[float, float]:
    """Do the same with aiokafka alone."""
    await (await connected(kafka, "bench.bare.v1")).close()
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.address,
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=131072,
        max_request_size=REQUEST_BYTES,
    )
    await producer.start()
    await producer.partitions_for("bench.bare.v1")
    begin = time.perf_counter()
    for page in pages:
        await asyncio.gather(*[await send(producer, message) for message in page])
    sent = time.perf_counter()
    await producer.stop()
    return COUNT / (sent - begin), await read_bare(kafka)


async def send(producer: AIOKafkaProducer, message: Message) -> asyncio.Future[object]:
    headers = [(name, value.encode()) for name, value in message.headers.items()]
    future: asyncio.Future[object] = await producer.send(
        "bench.bare.v1", message.value, key=message.key.encode(), headers=headers
    )
    return future


async def read_bare(kafka: Kafka) -> float:
    consumer = AIOKafkaConsumer(
        "bench.bare.v1",
        bootstrap_servers=kafka.address,
        group_id="bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    joined, got = time.perf_counter(), 0
    while got < COUNT:
        got += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=PAGE)).values()))
        await consumer.commit()
    done = time.perf_counter()
    await consumer.stop()
    return COUNT / (done - joined)


async def side_by_side(kafka: Kafka) -> list[Row]:
    store = MemoryEventStore()
    await fill(store, parties(COUNT, 1))
    envelopes = OBJECTS.envelopes(await store.read_all(limit=COUNT))
    pages = list(batched((Message(e.subject, e.data, e.headers()) for e in envelopes), PAGE))
    peer_sent, peer_read = await bare(kafka, pages)
    sent, read = await published(kafka, pages)
    relay = await relayed(kafka, store)
    note = f"{COUNT} events of {len(pages[0][0].value)} bytes, six partitions, one broker"
    return [
        beside("events relayed to Kafka", relay, "aiokafka's producer", peer_sent, f"{note}; with the store"),
        beside("messages published to Kafka through the port", sent, "aiokafka's producer", peer_sent, note),
        beside("messages read from Kafka through the port", read, "aiokafka's consumer", peer_read, note),
    ]


def beside(name: str, ours: float, peer: str, theirs: float, note: str) -> Row:
    return Row(name, round(ours), "events/s", ">= 0.4x", peer, round(theirs), round(ours / theirs, 2), note)


def crossed(kafka: Kafka) -> Iterator[Row]:
    """Run the suite on this bus, and look how long an event takes to another context."""
    os.environ["CARNET_BUS"] = kafka.uri
    took = asyncio.run(crossing.measured())
    note = f"{crossing.RATE} events/s, five services in one process"
    yield Row(f"{CROSSING}, p50", round(percentile(took, 0.5), 1), "ms", "<= 50", note=note)
    yield Row(f"{CROSSING}, p99", round(percentile(took, 0.99), 1), "ms", "<= 250", note=note)


def rows() -> Iterator[Row]:
    try:
        with server() as kafka:
            yield from crossed(kafka)
            yield from asyncio.run(side_by_side(kafka))
    except NotHere as reason:
        yield Row(CROSSING, None, "ms", note=str(reason))


if __name__ == "__main__":
    say(rows())
