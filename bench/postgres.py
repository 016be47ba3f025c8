"""Read models in PostgreSQL: how fast notices go in, beside a bare COPY of the same rows in the same pages.

The server is a real one and syncs each commit (`tests/engines` says where it comes from; `PYTHONPATH=tests`). Both
commit a page at a time; the read model's page holds its rows, its inbox and what it tells other processes.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Final

import psycopg
from bench.kafka import COUNT, bare
from bench.rebuild import EVENTS, OBJECTS, envelope, from_bus, from_own_store, message, parties
from bench.report import Row, say
from bench.rig import around, batched
from engines import NotHere, kafka
from engines.postgres import fresh_database, server

from carnet.dispatch.read_models.parties import MODEL
from carnet.kernel.notice import Notice, from_envelope
from carnet.kernel.projection import Projector
from carnet.kernel.rebuild import prepare
from carnet.objects.read_models.parties import PARTIES

PAGE: Final = 500
TABLE: Final = str(MODEL.tables[0].__tablename__)


def notices() -> list[Notice]:
    """Give what a service hears of that many parties, each registered once."""
    streams = list(parties(EVENTS, 1))
    return [from_envelope(OBJECTS.topic, envelope(stream, 0, events[0])) for stream, events in streams]


async def taken(url: str, pages: Sequence[Sequence[Notice]]) -> float:
    """Take notices into a read model by the page; give the notices a second."""
    async with around("dispatch", database=url) as service:
        projector = Projector(MODEL, service)
        await prepare(projector)
        begin = time.perf_counter()
        for page in pages:
            await projector.take(page)
        return sum(map(len, pages)) / (time.perf_counter() - begin)


def copied(url: str) -> float:
    """Copy the rows that stand in the read model into a table like it, by the page; give the rows a second."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(f"SELECT * FROM {TABLE}").fetchall()
        connection.execute(f"CREATE TABLE copied (LIKE {TABLE} INCLUDING ALL)")
        connection.commit()
        begin = time.perf_counter()
        for page in batched(rows, PAGE):
            copy_page(connection, page)
        return len(rows) / (time.perf_counter() - begin)


def copy_page(connection: psycopg.Connection, page: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY copied FROM STDIN") as copy:
        for row in page:
            copy.write_row(row)
    connection.commit()


def rows() -> Iterator[Row]:
    try:
        with ExitStack() as stack:
            here = stack.enter_context(server(durable=True))
            yield from measured([stack.enter_context(fresh_database(here)) for _ in range(3)])
            yield from_kafka(stack.enter_context(fresh_database(here)))
    except NotHere as reason:
        yield Row("a read model in PostgreSQL", None, "events/s", note=str(reason))


def from_kafka(url: str) -> Row:
    """Build a read model in PostgreSQL from a topic of Kafka, beside a bare consumer that only reads such a topic."""
    name = "from Kafka into a read model in PostgreSQL"
    try:
        with kafka.server() as broker:
            messages = (message(stream, 0, events[0]) for stream, events in parties(COUNT, 1))
            _, read = asyncio.run(bare(broker, list(batched(messages, PAGE))))
            ours = asyncio.run(from_bus(1, bus=broker.uri, database=url))
    except NotHere as reason:
        return Row(name, None, "events/s", note=str(reason))
    return Row(name, round(ours), "events/s", ">= 0.4x", "bare aiokafka", round(read), round(ours / read, 2))


def measured(urls: Sequence[str]) -> Iterator[Row]:
    ours, peer = asyncio.run(taken(urls[0], list(batched(notices(), PAGE)))), copied(urls[0])
    note = f"pages of {PAGE}, a commit each; inbox included"
    name = "notices into a read model in PostgreSQL"
    yield Row(name, round(ours), "events/s", "", "bare COPY", round(peer), round(ours / peer, 2), note)
    for url, a_row in zip(urls[1:], (100, 1), strict=False):
        value = round(asyncio.run(from_own_store(PARTIES, parties(EVENTS, a_row), database=url)))
        yield Row(f"rebuild in PostgreSQL, {a_row} event{'s' * (a_row > 1)} a row", value, "events/s")


if __name__ == "__main__":
    say(rows())
