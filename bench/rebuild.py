"""Rebuilding read models: the parties from their own store and from the bus, the objects that a search looks in.

The peer keeps the same rows as an application does without such a kernel: it loads the row by the ORM, sets what the
event says and commits, an event at a time, in WAL with synchronous=FULL. It is measured on fewer events.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias
from uuid import uuid4

from bench.report import Row, say
from bench.rig import METADATA, TOGETHER, around, batched, fill, rebuild_seconds
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, create_engine

from carnet.dispatch.read_models import parties as dispatch_parties
from carnet.events.envelope import Envelope
from carnet.kernel.bus.port import Message
from carnet.kernel.projection import ReadModel
from carnet.kernel.publication import Publication
from carnet.kernel.store.port import Position, RecordedEvent
from carnet.objects.domain.address import Address
from carnet.objects.domain.object import ObjectRegistered
from carnet.objects.domain.party import Particulars, PartyChanged, PartyRegistered
from carnet.objects.domain.site import SiteRegistered
from carnet.objects.publishing import publish
from carnet.objects.read_models.nodes import NODES
from carnet.objects.read_models.parties import PARTIES, Party
from carnet.objects.streams import CODEC

Streams: TypeAlias = Iterable[tuple[str, Sequence[BaseModel]]]

OBJECTS: Final = Publication("objects", "/carnet/bench/objects/1", CODEC, publish)
KINDS: Final[dict[str, type[PartyRegistered | PartyChanged]]] = {
    "party-registered.v1": PartyRegistered,
    "party-changed.v1": PartyChanged,
}
PEER: Final = "SQLModel ORM, a commit an event"
EVENTS = 30_000
LIFTS = 20_000
ORM_EVENTS = 1_000
STREETS = ("Ch. des Fleurettes", "Rue de la Gare", "Avenue de Cour", "Bahnhofstrasse", "Place du Marché")


def particulars(number: int, change: int) -> Particulars:
    address = Address(street=STREETS[number % 5], house_number=str(change + 1), postcode="1007", city="Lausanne")
    return Particulars(name=f"Régie Delacroix {number} SA", address=address, email=f"regie{number}@example.ch")


def parties(events: int, a_row: int) -> Iterator[tuple[str, list[PartyRegistered | PartyChanged]]]:
    """Give streams of parties that are registered, and changed until each has `a_row` events."""
    for number in range(events // a_row):
        told = {"party_id": f"party-{number}", "number": f"D{number}"}
        first = PartyRegistered(**told, particulars=particulars(number, 0))
        rest = [PartyChanged(**told, particulars=particulars(number, n)) for n in range(1, a_row)]
        yield f"party-{number}", [first, *rest]


def objects() -> Streams:
    """Give streams of customers, their sites, and ten lifts on each site."""
    for number in range(LIFTS // 10):
        customer = PartyRegistered(party_id=f"p{number}", number=f"D{number}", particulars=particulars(number, 1))
        address = customer.particulars.address
        site = SiteRegistered(site_id=f"s{number}", number=f"S{number}", name=f"Immeuble {number}", address=address)
        yield f"party-p{number}", [customer]
        yield f"site-s{number}", [site]
        for lift in range(10):
            yield f"object-o{number}-{lift}", [lift_of(number, lift)]


def lift_of(site: int, lift: int) -> ObjectRegistered:
    return ObjectRegistered(
        object_id=f"o{site}-{lift}",
        number=f"L{site:05}-{lift}",
        name=f"Ascenseur {lift} 630 kg",
        kind="lift",
        category="traction",
        site_id=f"s{site}",
        debtor_id=f"p{site}",
        serial_number=f"SN{site * 7919 + lift}",
        value=Decimal(85000),
        registered_on=date(2020, 1, 15),
    )


def envelope(stream: str, revision: int, event: PartyRegistered | PartyChanged) -> Envelope:
    """Give what the relay of objects makes of an event."""
    recorded = RecordedEvent(
        id=uuid4(),
        type=event.type,
        data=b"",
        metadata=METADATA,
        stream=stream,
        revision=revision,
        position=Position(revision + 1),
        recorded_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    fact = publish(event)
    assert fact
    return OBJECTS.envelope(recorded, fact, revision - 1)


def message(stream: str, revision: int, event: PartyRegistered | PartyChanged) -> Message:
    made = envelope(stream, revision, event)
    return Message(made.subject, made.data, made.headers())


async def from_own_store(model: ReadModel, streams: Streams, **settings: Any) -> float:
    """Give the events a second of a rebuild from the context's own store."""
    async with around("objects", **settings) as service:
        count = await fill(service.store, streams)
        return count / await rebuild_seconds(model, service)


async def from_bus(a_row: int, **settings: Any) -> float:
    """Give the events a second of a rebuild of dispatch's parties from the topic of objects."""
    async with around("dispatch", **settings) as service:
        for streams in batched(parties(EVENTS, a_row), TOGETHER):
            messages = [message(stream, n, event) for stream, events in streams for n, event in enumerate(events)]
            await service.bus.publish(OBJECTS.topic, messages)
        return EVENTS / await rebuild_seconds(dispatch_parties.MODEL, service)


async def by_the_orm(a_row: int) -> float:
    """Keep the parties' rows by the ORM, a commit an event; give the events a second."""
    async with around("objects") as service:
        await fill(service.store, parties(ORM_EVENTS, a_row))
        events = await service.store.read_all(None, ORM_EVENTS)
        with TemporaryDirectory() as folder:
            engine = full(Path(folder) / "orm.db")
            begin = time.perf_counter()
            for event in events:
                keep(engine, KINDS[event.type].model_validate_json(event.data), event.revision)
            return len(events) / (time.perf_counter() - begin)


def full(file: Path) -> Engine:
    """Open an ordinary application's database: WAL, synchronous=FULL as SQLite has it."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    SQLModel.metadata.create_all(engine, [SQLModel.metadata.tables["objects_party"]])
    return engine


def keep(engine: Engine, fact: PartyRegistered | PartyChanged, revision: int) -> None:
    with Session(engine) as session:
        row = session.get(Party, fact.party_id) or Party(party_id=fact.party_id)
        row.sqlmodel_update({"number": fact.number, **fact.particulars.model_dump(), "revision": revision})
        session.add(row)
        session.commit()


def rows() -> Iterator[Row]:
    for a_row, bound in ((100, 30_000), (1, 10_000)):
        orm = asyncio.run(by_the_orm(a_row))
        for source, ours in (
            ("own store", asyncio.run(from_own_store(PARTIES, parties(EVENTS, a_row)))),
            ("bus", asyncio.run(from_bus(a_row))),
        ):
            name = f"rebuild from the {source}, {a_row} event{'s' * (a_row > 1)} a row"
            yield Row(name, round(ours), "events/s", f">= {bound}, >= 50x", PEER, round(orm), round(ours / orm, 1))
    search = round(asyncio.run(from_own_store(NODES, objects())))
    yield Row("rebuild the search model of objects", search, "events/s", ">= 8000")


if __name__ == "__main__":
    say(rows())
