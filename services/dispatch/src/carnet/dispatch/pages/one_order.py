"""One order with its plan, reports and what can be done next; the forms give the same commands as the API."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order_commands import AgreeAppointment, Approve, Arrive, Cancel, Complete
from carnet.dispatch.pages.look import PAGES, WORDS, Approver, Planner, Worker, back_to
from carnet.dispatch.read_models import articles, equipment, nodes, order_views, technicians
from carnet.dispatch.streams import ORDERS, Streams
from carnet.dispatch.streams.booking import settle
from carnet.dispatch.streams.corrections import corrections_of
from carnet.dispatch.streams.identity import visit_id
from carnet.dispatch.streams.planning import Planning
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest, Unknown

router = APIRouter(prefix="/pages/orders/{order_id}")


@router.get("", dependencies=[CaughtUp])
async def show_order(request: Request, order_id: str, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    if (order := await runtime.query(lambda session: order_views.detail(session, order_id))) is None:
        raise Unknown("The order {id}", id=order_id)
    people = await runtime.query(technicians.everyone)
    devices = await runtime.query(equipment.everything)
    listed = await runtime.query(articles.everything)
    parts = [(row.article, row.name) for row in listed if row.kind == "part"]
    shown: dict[str, Any] = {"order": order, "people": people, "devices": devices, "parts": parts}
    shown["called"] = {row.article: row.name for row in listed}
    corrections = await corrections_of(runtime.engines.store, order_id)
    return PAGES.render(request, "order.html", corrections=corrections, **shown, **WORDS)


@router.post("/plan")
async def plan(  # each field of the form is a parameter
    order_id: str,
    commands: Commands,
    _: Planner,
    day: Annotated[date, Form()],
    start: Annotated[time, Form()],
    end: Annotated[time, Form()],
    technician: Annotated[list[str], Form(min_length=1)],
    device: Annotated[list[str] | None, Form()] = None,
) -> RedirectResponse:
    runtime, because = commands.runtime, commands.because
    zone = ZoneInfo(runtime.settings.zone)
    if start >= end:
        raise BadRequest("end", "The visit ends after it starts; correct the times.")
    visit = Visit(
        visit_id=visit_id(order_id, because),
        order_id=order_id,
        technician_ids=tuple(technician),
        equipment_ids=tuple(device or ()),
        starts_at=datetime.combine(day, start, zone),
        ends_at=datetime.combine(day, end, zone),
    )
    planning = Planning(Streams(runtime.engines.store), visit, because, runtime.settings.zone)
    outcome = await planning.plan(await runtime.query(technicians.ids))
    return back_to(order_id, commands.answer(order_id, outcome).token)


@router.post("/appointment")
async def agree(order_id: str, commands: Commands, _: Planner) -> RedirectResponse:
    runtime = commands.runtime
    order = await runtime.state(ORDERS, order_id)
    where = order.created.object_id if order else ""
    zone = await runtime.query(lambda session: nodes.zone_of(session, where)) or runtime.settings.zone
    answer = await commands.send(ORDERS, order_id, AgreeAppointment(agreed_on=runtime.today(), zone=zone))
    return back_to(order_id, answer.token)


@router.post("/arrival")
async def arrive(
    order_id: str,
    commands: Commands,
    _: Worker,
    technician: Annotated[str, Form(min_length=1)],
    day: Annotated[date, Form()],
    at: Annotated[time, Form()],
) -> RedirectResponse:
    zone = ZoneInfo(commands.runtime.settings.zone)
    command = Arrive(technician_id=technician, at=datetime.combine(day, at, zone))
    answer = await commands.send(ORDERS, order_id, command)
    return back_to(order_id, answer.token)


@router.post("/completion")
async def complete(order_id: str, commands: Commands, _: Worker) -> RedirectResponse:
    answer = await commands.send(ORDERS, order_id, Complete(completed_on=commands.runtime.today()))
    return back_to(order_id, answer.token)


@router.post("/approval")
async def approve(order_id: str, commands: Commands, _: Approver) -> RedirectResponse:
    answer = await commands.send(ORDERS, order_id, Approve(approved_on=commands.runtime.today()))
    return back_to(order_id, answer.token)


@router.post("/cancellation")
async def cancel(
    order_id: str,
    commands: Commands,
    _: Planner,
    reason: Annotated[str, Form(min_length=1, max_length=2000)],
    by: Annotated[Literal["customer", "us"], Form()],
) -> RedirectResponse:
    command = Cancel(reason=reason, by=by, cancelled_on=commands.runtime.today())
    answer = await commands.send(ORDERS, order_id, command)
    await settle(Streams(commands.runtime.engines.store), order_id, commands.because)
    return back_to(order_id, answer.token)
