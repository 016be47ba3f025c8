"""A week's orders by day and technician, below it what is still to be planned and what was worked on last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from carnet.dispatch.domain.times import day_bounds
from carnet.dispatch.pages.look import PAGES, WORDS
from carnet.dispatch.read_models import order_views, orders, technicians
from carnet.dispatch.read_models.order_views import Named, OrderView
from carnet.dispatch.read_models.orders import Filter
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified

router = APIRouter()
WEEK = timedelta(days=7)
MOST = 1000  # visits of a week on one page
LAST = 10  # orders worked on last


@dataclass(frozen=True)
class Visit:
    """One line of the board: an order as one technician's."""

    technician: Named
    order: OrderView


@router.get("/", dependencies=[CaughtUp])
async def show_board(
    request: Request,
    runtime: RuntimeDep,
    _: Identified,
    asked: Listed,
    day: date | None = None,
    technician: str = "",
) -> HTMLResponse:
    monday = monday_of(day or runtime.today())
    people, planned = await runtime.query(lambda s: week(s, monday, technician, runtime.settings.zone))
    rows = await runtime.query(lambda s: orders.listed(s, Filter(status="open"), asked.after, asked.limit + 1))
    page = asked.page(rows, key=orders.sort_key)
    unplanned = await runtime.query(lambda s: order_views.views(s, page.items))
    worked_on = await runtime.query(lambda s: order_views.views(s, orders.worked_on_last(s, LAST)))
    return PAGES.render(
        request,
        "board.html",
        days=by_day(planned, monday, technician, runtime.settings.zone),
        full=len(planned) == MOST,
        people=people,
        chosen=technician,
        monday=monday,
        before=monday - WEEK,
        after=monday + WEEK,
        unplanned=unplanned,
        worked_on=worked_on,
        page=page,
        first=not asked.after,
        **WORDS,
    )


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(
    session: Session, monday: date, technician: str, zone: str
) -> tuple[Sequence[technicians.TechnicianRow], list[OrderView]]:
    """Give all technicians, and the orders planned in a week (for one of them)."""
    between = day_bounds(monday, monday + timedelta(days=6), zone)
    rows = orders.by_start(session, Filter(between, technician or None), MOST)
    return technicians.everyone(session), order_views.views(session, rows)


def by_day(planned: Sequence[OrderView], monday: date, technician: str, zone: str) -> list[tuple[date, list[Visit]]]:
    """Give the seven days with their visits, by technician and then by time."""
    days: dict[date, list[Visit]] = {monday + timedelta(days=n): [] for n in range(7)}
    for order in planned:
        if order.starts_at:
            days[order.starts_at.astimezone(ZoneInfo(zone)).date()] += visits(order, technician)
    return [(day, sorted(lines, key=lambda line: line.technician.name)) for day, lines in days.items()]


def visits(order: OrderView, technician: str) -> Iterator[Visit]:
    for each in order.technicians:
        if technician in {"", each.id}:
            yield Visit(each, order)
