"""An order is billed by itself; a person bills it again after its invoice was voided."""

from fastapi import APIRouter

from carnet.invoicing.api.bodies import Bookkeeper
from carnet.invoicing.billing.by_hand import bill_by_hand
from carnet.invoicing.billing.order_state import OrderState, order_state
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["orders"])


@router.get("/orders/{order_id}", dependencies=[CaughtUp])
async def get_state(order_id: str, runtime: RuntimeDep, _: Identified) -> OrderState:
    """Say how an order is billed, or what it waits for."""
    return await order_state(runtime, order_id)


@router.post("/orders/{order_id}/bill")
async def bill_order(order_id: str, commands: Commands, _: Bookkeeper) -> Answer:
    """Bill an order that is not billed; 409 with what it waits for. One that is billed stays as it is."""
    return await bill_by_hand(commands, order_id)
