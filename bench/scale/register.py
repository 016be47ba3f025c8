"""A firm's register, as events of its own and as rows that other contexts' facts have left."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, Final, TypeAlias

from bench.rig import batched
from bench.search import A_SITE, SITES_A_CUSTOMER, TOWNS, customers, lifts, sites
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlmodel import SQLModel

from carnet.kernel.rows import defaults_of, live, name_of
from carnet.objects.domain.address import Address
from carnet.objects.domain.object import MeterRead, ObjectRegistered
from carnet.objects.domain.party import Particulars, PartyRegistered
from carnet.objects.domain.site import SiteRegistered
from carnet.objects.read_models.history import Entry
from carnet.objects.read_models.invoice_lines import InvoiceLine
from carnet.objects.read_models.orders import Order
from carnet.objects.read_models.tasks import Task

Streams: TypeAlias = Iterator[tuple[str, Sequence[BaseModel]]]

TODAY: Final = date(2026, 12, 31)
METERS: Final = 8  # one object in so many has a meter, read once
TASKS: Final = 20  # one object in so many has a task
PENDING: Final = 5  # and one task in so many is not done; nor is one order in so many
PAGE: Final = 10_000
MILLISECONDS: Final = 86_400_000  # of a day
ENDS: Final = ("OrderCompleted", "OrderPlanned", "NotificationRequested")


def streams(objects: int) -> Streams:
    """Give the streams of a firm: its customers, their sites, and on each site its objects."""
    return chain(
        (customer(row) for row in customers(objects // A_SITE // SITES_A_CUSTOMER)),
        (site(row) for row in sites(objects // A_SITE)),
        (registered(row) for row in lifts(objects)),
    )


def customer(row: dict[str, Any]) -> tuple[str, list[BaseModel]]:
    number, _, name = row["text"].partition(" ")
    return f"party-{row['party_id']}", [
        PartyRegistered(party_id=row["party_id"], number=number, particulars=Particulars(name=name))
    ]


def site(row: dict[str, Any]) -> tuple[str, list[BaseModel]]:
    count = int(row["number"][1:])
    street, _, house = row["name"].rpartition(" ")
    address = Address(street=street, house_number=house, postcode=str(1000 + count % 900), city=TOWNS[count % 10])
    told = {"site_id": row["node_id"], "number": row["number"], "name": row["name"], "owner_id": row["debtor_id"]}
    return f"site-{row['node_id']}", [SiteRegistered(**told, address=address)]


def registered(row: dict[str, Any]) -> tuple[str, list[BaseModel]]:
    object_id, count = row["node_id"], int(row["number"][1:])
    told = {name: row[name] for name in ("number", "name", "kind", "serial_number", "debtor_id")}
    place = {"parent_id": row["first_site_id"], "site_id": row["first_site_id"]}
    events: list[BaseModel] = [ObjectRegistered(object_id=object_id, **told, **place, registered_on=TODAY)]
    if count % METERS == 0:
        events.append(MeterRead(object_id=object_id, meter="hours", reading=Decimal(count), read_on=TODAY))
    return f"object-{object_id}", events


def heard(connection: Connection, objects: int) -> None:
    """Insert what the others would have told in a year: an order, two invoice lines and three entries an object."""
    insert(connection, Order, (order(n) for n in range(objects)))
    insert(connection, InvoiceLine, (line(n, half) for n in range(objects) for half in range(2)))
    insert(connection, Entry, (entry(n, which) for n in range(objects) for which in range(len(ENDS))))
    insert(connection, Task, (task(n) for n in range(0, objects, TASKS)))


def insert(connection: Connection, model: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    table, defaults = live(model)[name_of(model)], defaults_of(model)
    for page in batched(rows, PAGE):
        connection.execute(table.insert(), [{**defaults, **row} for row in page])


def day(n: int) -> date:
    return TODAY - timedelta(days=n % 365)


def order(n: int) -> dict[str, Any]:
    status = "completed" if n % PENDING else "planned"
    told = {"order_id": f"w{n}", "object_id": f"o{n}", "number": f"26-{n}", "order_type": "maintenance"}
    return {**told, "created_on": day(n), "due_on": day(n), "status": status, "unfinished": status == "planned"}


def line(n: int, half: int) -> dict[str, Any]:
    key = {"document_id": f"d{n}-{half}", "line_id": "1", "object_id": f"o{n}", "document": "invoice"}
    issued_on = date(2026, 1 + 6 * half, 1)  # a run bills all on one day
    return {**key, "number": f"R-2026-{n:07}", "issued_on": issued_on, "text": "Maintenance", "net": Decimal("840.00")}


def entry(n: int, which: int) -> dict[str, Any]:
    key = {"topic": "carnet.dispatch.v1", "stream": f"order-w{n}", "revision": which, "object_id": f"o{n}"}
    at = datetime.combine(day(n), datetime.min.time(), UTC) + timedelta(milliseconds=n % MILLISECONDS)
    return {**key, "what": ENDS[which], "day": day(n), "at": at, "facts": {"order_id": f"w{n}", "number": f"26-{n}"}}


def task(n: int) -> dict[str, Any]:
    done_on = None if n // TASKS % PENDING == 0 else TODAY
    told = {"task_id": f"t{n}", "object_id": f"o{n}", "text": "Replace the rope"}
    return {**told, "raised_on": day(n), "done_on": done_on}
