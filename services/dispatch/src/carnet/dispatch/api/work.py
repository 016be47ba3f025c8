"""The work on an order: arrival, reports, completion."""

from fastapi import APIRouter
from pydantic import Field

from carnet.dispatch.api.forms import Form
from carnet.dispatch.api.orders import OrderId
from carnet.dispatch.api.roles import Worker
from carnet.dispatch.domain.order_commands import Arrive, Complete, CorrectReport, ReportWork
from carnet.dispatch.domain.times import Day, Instant
from carnet.dispatch.domain.work import Code, Item, Text
from carnet.dispatch.streams import ORDERS
from carnet.dispatch.streams.identity import report_id
from carnet.kernel.web.commands import Answer, Commands

router = APIRouter(tags=["work"])


class Arrival(Form):
    technician_id: Code
    at: Instant


class CorrectedReport(Form):
    items: tuple[Item, ...] = Field(max_length=200)
    note: Text = ""


class NewReport(CorrectedReport):
    """One technician's work of one day: hours of repair, service or travel time, km, expenses, parts."""

    technician_id: Code
    service_date: Day


class Completion(Form):
    completed_on: Day | None = None


@router.post("/orders/{order_id}/arrival")
async def arrive(order_id: OrderId, body: Arrival, commands: Commands, _: Worker) -> Answer:
    """Tell that a planned technician is there."""
    return await commands.send(ORDERS, order_id, Arrive(**dict(body)))


@router.post("/orders/{order_id}/reports", status_code=201)
async def report(order_id: OrderId, body: NewReport, commands: Commands, _: Worker) -> Answer:
    """Report a planned technician's work of a day; the answer's id is the report's."""
    known = report_id(order_id, body.technician_id, body.service_date)
    outcome = await commands.handle(ORDERS, order_id, ReportWork(report_id=known, **dict(body)))
    return commands.answer(known, outcome)


@router.put("/orders/{order_id}/reports/{report}")
async def correct(order_id: OrderId, report: str, body: CorrectedReport, commands: Commands, _: Worker) -> Answer:
    """Say what a report should have been, whole."""
    outcome = await commands.handle(ORDERS, order_id, CorrectReport(report_id=report, **dict(body)))
    return commands.answer(report, outcome)


@router.post("/orders/{order_id}/completion")
async def complete(order_id: OrderId, body: Completion, commands: Commands, _: Worker) -> Answer:
    """Complete an order when all its planned technicians have reported."""
    command = Complete(completed_on=body.completed_on or commands.runtime.today())
    return await commands.send(ORDERS, order_id, command)
