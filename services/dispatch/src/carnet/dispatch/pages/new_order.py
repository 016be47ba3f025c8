"""A fault report is taken while the customer is on the telephone."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.dispatch.domain.number import number_of
from carnet.dispatch.domain.order_commands import Create
from carnet.dispatch.domain.work import Needs
from carnet.dispatch.pages.look import PAGES, WORDS, Planner, back_to
from carnet.dispatch.read_models import nodes
from carnet.dispatch.read_models.nodes import NodeRow
from carnet.dispatch.read_models.responsibilities import parties_of
from carnet.dispatch.streams import ORDERS
from carnet.kernel.web.commands import Commands, RuntimeDep
from carnet.kernel.web.problems import BadRequest

router = APIRouter()


@router.get("/pages/orders/new")
async def show_form(request: Request, _: Planner, number: str = "") -> HTMLResponse:
    return PAGES.render(request, "new_order.html", number=number, **WORDS)


@router.post("/pages/orders/new")
async def take_report(  # each field of the form is a parameter
    commands: Commands,
    _: Planner,
    number: Annotated[str, Form()],
    description: Annotated[str, Form(max_length=2000)] = "",
    priority: Annotated[str, Form(max_length=100)] = "normal",
    skills: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    runtime, today = commands.runtime, commands.runtime.today()
    node = await object_called(number, runtime)
    parties = await runtime.query(lambda session: parties_of(session, node.node_id, today))
    order_id = commands.new_id()
    command = Create(
        order_id=order_id,
        number=number_of(order_id, today),
        order_type="internal" if node.internal else "fault",
        object_id=node.node_id,
        debtor_id=parties.debtor_id if parties else None,
        contact_id=parties.contact_id if parties else None,
        description=description,
        priority=priority or "normal",
        reported_at=None if node.internal else now_of(today, runtime.settings.zone),
        created_on=today,
        needs=Needs(skills=tuple(each.strip() for each in skills.split(",") if each.strip())),
    )
    answer = await commands.send(ORDERS, order_id, command)
    return back_to(order_id, answer.token)


def now_of(today: date, zone: str) -> datetime:
    """Give the time of day on the business day, which need not be the calendar's."""
    there = ZoneInfo(zone)
    return datetime.combine(today, datetime.now(there).time(), there).astimezone(UTC)


async def object_called(number: str, runtime: RuntimeDep) -> NodeRow:
    """Find an object by its number; 422 names the field."""
    if (node := await runtime.query(lambda session: nodes.by_number(session, number))) is None:
        raise BadRequest("number", "There is no object {number}; check its number.", number=number)
    return node
