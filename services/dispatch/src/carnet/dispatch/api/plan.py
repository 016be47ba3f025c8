"""The plan of an order: who could go and why, who goes, and when the customer expects us."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from carnet.dispatch.api.forms import Form
from carnet.dispatch.api.orders import OrderId, streams
from carnet.dispatch.api.roles import Planner
from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order_commands import AgreeAppointment
from carnet.dispatch.domain.qualification import Suggestion, suggestions
from carnet.dispatch.domain.times import Day, Instant, Span
from carnet.dispatch.domain.work import Code
from carnet.dispatch.read_models import nodes, technicians
from carnet.dispatch.streams import ORDERS
from carnet.dispatch.streams.availability import Availability
from carnet.dispatch.streams.identity import visit_id
from carnet.dispatch.streams.planning import Planning
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest

router = APIRouter(tags=["plan"])
LONGEST = timedelta(days=60)  # of one visit


class NewPlan(Span, Form):
    """Who goes when, with what. Instants carry their offset from UTC."""

    technician_ids: tuple[Code, ...] = Field(min_length=1, max_length=50)
    equipment_ids: tuple[Code, ...] = Field(default=(), max_length=50)


def require_short(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a slip of the pen, before it is looked for on the agendas of a hundred years."""
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise BadRequest("ends_at", "ends_at must be later than starts_at, by {days} days at most.", days=LONGEST.days)


class NewAppointment(Form):
    agreed_on: Day | None = None


@router.post("/orders/{order_id}/plan")
async def plan(order_id: OrderId, body: NewPlan, commands: Commands, _: Planner) -> Answer:
    """Book technicians and equipment for an order, all or none; a new plan replaces the old one."""
    require_short(body.starts_at, body.ends_at)
    runtime, because = commands.runtime, commands.because
    visit = Visit(visit_id=visit_id(order_id, because), order_id=order_id, **dict(body))
    planning = Planning(streams(runtime), visit, because, runtime.settings.zone)
    outcome = await planning.plan(await runtime.query(technicians.ids), commands.expected)
    return commands.answer(order_id, outcome)


@router.post("/orders/{order_id}/appointment")
async def agree(order_id: OrderId, body: NewAppointment, commands: Commands, _: Planner) -> Answer:
    """Tell that the customer agreed to the planned time."""
    runtime = commands.runtime
    zone = await zone_of(runtime, order_id)
    command = AgreeAppointment(agreed_on=body.agreed_on or runtime.today(), zone=zone)
    return await commands.send(ORDERS, order_id, command)


async def zone_of(runtime: Runtime, order_id: str) -> str:
    """Give the zone of the place where an order is done; ours where none is known."""
    order = await runtime.state(ORDERS, order_id)
    where = order.created.object_id if order else ""
    return await runtime.query(lambda session: nodes.zone_of(session, where)) or runtime.settings.zone


@router.get("/orders/{order_id}/suggestions")
async def suggest(
    order_id: OrderId,
    runtime: RuntimeDep,
    starts_at: Annotated[Instant, Query()],
    ends_at: Annotated[Instant, Query()],
    _: Identified,
) -> list[Suggestion]:
    """Say who can do an order at a time, best first, and why the others cannot."""
    require_short(starts_at, ends_at)
    order = await runtime.state(ORDERS, order_id)
    when = Span(starts_at=starts_at, ends_at=ends_at)
    available = Availability(streams(runtime), when, runtime.settings.zone, order_id)
    candidates = await available.candidates(await runtime.query(technicians.ids))
    return suggestions(order.created.needs.skills if order else (), candidates)
