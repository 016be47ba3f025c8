"""`python -m bench.scale.planning FOLDER SIZE`: what planners ask, where a year has so many orders.

A technician has a thousand orders a year, so that a thousand technicians have a million. The rows are what the read
models of dispatch keep; they are inserted directly. Prints its figures as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.scale.figures import Figures, asked, bytes_a_row
from bench.scale.register import insert
from sqlalchemy import Connection
from sqlmodel import Session

from carnet.dispatch.app import build
from carnet.dispatch.domain.times import day_bounds
from carnet.dispatch.pages.board import LAST, MOST, week
from carnet.dispatch.read_models.agenda import BookingRow
from carnet.dispatch.read_models.availability import whole_agenda
from carnet.dispatch.read_models.order_views import views
from carnet.dispatch.read_models.orders import Assigned, Filter, OrderRow, listed, worked_on_last
from carnet.dispatch.read_models.technicians import TechnicianRow
from carnet.dispatch.settings import DispatchSettings
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.trial import trial

ORDERS_A_TECHNICIAN: Final = 1_000
A_DAY: Final = 4  # visits of a technician
ZONE: Final = "Europe/Zurich"
FIRST: Final = date(2026, 1, 5)
TODAY: Final = date(2026, 12, 14)
TIMES: Final = 20
TABLES: Final = ("dispatch_order", "dispatch_assigned", "dispatch_booking")


def starts(number: int, technicians: int) -> datetime:
    """Give when an order is worked on: four a day, five days a week, the technicians in turn."""
    days, turn = divmod(number // technicians, A_DAY)
    day = FIRST + timedelta(weeks=days // 5, days=days % 5)
    return datetime(day.year, day.month, day.day, 7 + 2 * turn, tzinfo=UTC)


def fill(connection: Connection, size: int) -> None:
    technicians = size // ORDERS_A_TECHNICIAN
    people = ({"technician_id": f"t{n}", "number": f"T{n:04}", "name": f"Technician {n}"} for n in range(technicians))
    insert(connection, TechnicianRow, people)
    insert(connection, OrderRow, (order(n, starts(n, technicians)) for n in range(size)))
    insert(connection, Assigned, ({"order_id": f"w{n}", "technician_id": f"t{n % technicians}"} for n in range(size)))
    insert(connection, BookingRow, (booking(n, technicians) for n in range(size)))


def order(n: int, at: datetime) -> dict[str, Any]:
    done = at.date() < TODAY
    told = {"order_id": f"w{n}", "number": f"26-{n}", "object_id": f"o{n}", "debtor_id": f"p{n // 200}", "needs": {}}
    times = {"starts_at": at, "ends_at": at + timedelta(hours=2), "created_on": at.date() - timedelta(days=30)}
    return {**told, **times, "status": "completed" if done else "planned", "begun": done, "equipment_ids": []}


def booking(n: int, technicians: int) -> dict[str, Any]:
    at = starts(n, technicians)
    key = {"whose": f"t{n % technicians}", "week": f"{at:%G-W%V}", "visit_id": f"v{n}"}
    return {**key, "order_id": f"w{n}", "starts_at": at, "ends_at": at + timedelta(hours=2)}


def queries() -> Iterator[tuple[str, Callable[[Session], object]]]:
    monday, day = day_bounds(TODAY, TODAY + timedelta(days=6), ZONE), day_bounds(TODAY, TODAY, ZONE)
    mine = Filter(technician_id="t7")
    yield f"board of a week, at most {MOST:,} visits", lambda s: week(s, TODAY, "", ZONE)
    yield "board of one technician's week", lambda s: week(s, TODAY, "t7", ZONE)
    yield "orders worked on last", lambda s: views(s, worked_on_last(s, LAST))
    yield "list of orders, a page", lambda s: views(s, listed(s, Filter(), (), 51))
    yield "a technician's orders, a page", lambda s: views(s, listed(s, mine, (), 51))
    yield "orders to plan, a page", lambda s: views(s, listed(s, Filter(status="open"), (), 51))
    yield "agenda of everyone, a day", lambda s: whole_agenda(s, TODAY, *day)
    yield "agenda of everyone, a week", lambda s: whole_agenda(s, TODAY, *monday)


async def measured(settings: DispatchSettings, size: int) -> Figures:
    figures: Figures = {}
    async with trial(dispatch=build(settings)) as suite:
        database = suite.runtime("dispatch").engines.database
        await database.write(lambda connection: fill(connection, size))
        for name, query in queries():
            figures |= await asked(database, name, [query] * TIMES)
        return figures | await database.read(lambda session: bytes_a_row(session, TABLES))


def main(folder: str, size: str) -> Figures:
    calm_garbage_collection()  # as a service does when it starts
    settings = DispatchSettings(data=Path(folder), log_level="error", business_day=TODAY)
    return asyncio.run(measured(settings, int(size)))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
