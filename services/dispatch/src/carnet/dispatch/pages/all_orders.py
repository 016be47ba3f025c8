"""All orders, the newest first, by state, technician and object."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from carnet.dispatch.pages.look import PAGES, WORDS
from carnet.dispatch.read_models import nodes, order_views, orders, technicians
from carnet.dispatch.read_models.orders import Filter
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()


@router.get("/pages/orders", dependencies=[CaughtUp])
async def show_orders(  # each filter of the form is a parameter
    request: Request,
    runtime: RuntimeDep,
    _: Identified,
    asked: Listed,
    status: str = "",
    technician: str = "",
    number: str = "",
) -> HTMLResponse:
    wanted = await runtime.query(lambda session: filter_of(session, status, technician, number.strip()))
    rows = await runtime.query(lambda session: orders.listed(session, wanted, asked.after, asked.limit + 1))
    page = asked.page(rows, key=orders.sort_key)
    found = await runtime.query(lambda session: order_views.views(session, page.items))
    people = await runtime.query(technicians.everyone)
    given = {"status": status, "technician": technician, "number": number}
    chosen = {name: value for name, value in given.items() if value}
    template = "_orders.html" if is_fragment(request) else "orders.html"
    first = not asked.after
    return PAGES.render(request, template, page=page, orders=found, people=people, chosen=chosen, first=first, **WORDS)


def filter_of(session: Session, status: str, technician: str, number: str) -> Filter:
    """Read the filters; the object is named by its number, and an unknown one has no orders."""
    node = nodes.by_number(session, number) if number else None
    object_id = (node.node_id if node else "") if number else None
    return Filter(status=status or None, technician_id=technician or None, object_id=object_id)
