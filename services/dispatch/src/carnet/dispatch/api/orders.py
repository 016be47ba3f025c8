"""Orders: taken on the telephone, listed, read, cancelled, reopened, approved."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from carnet.dispatch.api.forms import Form, check_parties
from carnet.dispatch.api.roles import Approver, Planner
from carnet.dispatch.domain.number import number_of
from carnet.dispatch.domain.order_commands import Approve, Cancel, Create, Reopen
from carnet.dispatch.domain.times import Day, Instant, day_bounds
from carnet.dispatch.domain.work import Code, Needs, Text
from carnet.dispatch.read_models import order_views, orders
from carnet.dispatch.read_models.order_views import OrderDetail, OrderView
from carnet.dispatch.read_models.orders import Filter
from carnet.dispatch.read_models.responsibilities import Parties, parties_of
from carnet.dispatch.streams import ORDERS, Streams
from carnet.dispatch.streams.booking import settle
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["orders"])


class NewOrder(Form):
    """A fault report, or work on an object of our own. Debtor and contact follow from the object where left out."""

    object_id: Code
    order_type: Literal["fault", "internal"] = "fault"
    description: Text = ""
    priority: Code = "normal"
    customer_order_number: Code | None = None
    reported_at: Instant | None = None
    created_on: Day | None = None
    due_on: Day | None = None
    debtor_id: Code | None = None
    contact_id: Code | None = None
    needs: Needs = Needs()


class Cancellation(Form):
    reason: Text = Field(min_length=1)
    by: Literal["customer", "us"] = "customer"
    cancelled_on: Day | None = None


class Reopening(Form):
    reason: Text = Field(min_length=1)
    reopened_on: Day | None = None


class Approval(Form):
    approved_on: Day | None = None


@router.post("/orders", status_code=201)
async def create_order(body: NewOrder, commands: Commands, _: Planner) -> Answer:
    """Take a fault report, or plan work on an object of our own."""
    order_id, created_on = commands.new_id(), body.created_on or commands.runtime.today()
    parties = await commands.runtime.query(lambda session: parties_of(session, body.object_id, created_on))
    if parties is None:
        raise Unknown("The object {id}", id=body.object_id)
    await check_parties(commands.runtime, body.model_dump(include={"debtor_id", "contact_id"}))
    told = body.model_dump(exclude={"created_on", "needs"}) | from_object(body, parties)
    number = number_of(order_id, created_on)
    command = Create(order_id=order_id, number=number, created_on=created_on, needs=body.needs, **told)
    return await commands.send(ORDERS, order_id, command)


def from_object(body: NewOrder, parties: Parties) -> dict[str, Any]:
    """Give what follows from the object: work on what is our own is internal, else somebody pays for it."""
    if parties.internal or body.order_type == "internal":
        return {"order_type": "internal", "debtor_id": None, "contact_id": None}
    return {
        "debtor_id": body.debtor_id or parties.debtor_id,
        "contact_id": body.contact_id or parties.contact_id,
    }


async def existing(_: Identified, order_id: str, runtime: RuntimeDep) -> str:
    """Give the id of an order that exists; 404 otherwise."""
    if await runtime.state(ORDERS, order_id) is None:
        raise Unknown("The order {id}", id=order_id)
    return order_id


OrderId = Annotated[str, Depends(existing)]


@router.post("/orders/{order_id}/cancellation")
async def cancel(order_id: OrderId, body: Cancellation, commands: Commands, _: Planner) -> Answer:
    """Cancel an order on which no work was reported; who was planned for it is free again."""
    command = Cancel(reason=body.reason, by=body.by, cancelled_on=body.cancelled_on or commands.runtime.today())
    answer = await commands.send(ORDERS, order_id, command)
    await settle(streams(commands.runtime), order_id, commands.because)
    return answer


@router.post("/orders/{order_id}/reopening")
async def reopen(order_id: OrderId, body: Reopening, commands: Commands, _: Planner) -> Answer:
    """Go on with a completed or cancelled order."""
    command = Reopen(reason=body.reason, reopened_on=body.reopened_on or commands.runtime.today())
    return await commands.send(ORDERS, order_id, command)


@router.post("/orders/{order_id}/approval")
async def approve(order_id: OrderId, body: Approval, commands: Commands, _: Approver) -> Answer:
    """Find the reports of a completed order in order."""
    return await commands.send(ORDERS, order_id, Approve(approved_on=body.approved_on or commands.runtime.today()))


def wanted(
    runtime: RuntimeDep,
    day: Annotated[Day | None, Query(description="of the planned start")] = None,
    technician: str | None = None,
    status: str | None = None,
    object_id: Annotated[str | None, Query(alias="object")] = None,
    debtor: str | None = None,
) -> Filter:
    between = day_bounds(day, day, runtime.settings.zone) if day else None
    return Filter(between, technician, status, object_id, debtor)


@router.get("/orders", dependencies=[CaughtUp])
async def list_orders(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    restricted: Annotated[Filter, Depends(wanted)],
    _: Identified,
) -> Page[OrderView]:
    """List orders, newest first."""
    rows = await runtime.query(lambda session: orders.listed(session, restricted, asked.after, asked.limit + 1))
    page = asked.page(rows, key=orders.sort_key)
    link_next(request, response, page)
    views = await runtime.query(lambda session: order_views.views(session, page.items))
    return Page[OrderView](items=views, next=page.next)


@router.get("/orders/{order_id}", dependencies=[CaughtUp])
async def get_order(order_id: str, runtime: RuntimeDep, _: Identified) -> OrderDetail:
    """Give one order with its reports."""
    if (found := await runtime.query(lambda session: order_views.detail(session, order_id))) is None:
        raise Unknown("The order {id}", id=order_id)
    return found


def streams(runtime: Runtime) -> Streams:
    return Streams(runtime.engines.store)
