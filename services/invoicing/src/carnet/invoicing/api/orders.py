"""An order is billed by itself; a person bills it again after its invoice was voided."""

from fastapi import APIRouter

from carnet.invoicing.api.bodies import Bookkeeper
from carnet.invoicing.billing.order_state import OrderState, order_state
from carnet.invoicing.billing.work_billing import bill_when_ready
from carnet.invoicing.domain.order_facts import Known
from carnet.invoicing.streams import BILLABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.tokens import AfterToken

router = APIRouter(tags=["orders"])


@router.get("/orders/{order_id}", dependencies=[CaughtUp])
async def get_state(order_id: str, runtime: RuntimeDep, _: Identified) -> OrderState:
    """Say how an order is billed, or what it waits for."""
    return await order_state(runtime, order_id)


@router.post("/orders/{order_id}/bill")
async def bill_order(order_id: str, commands: Commands, _: Bookkeeper) -> Answer:
    """Bill an order that is not billed; 409 with what it waits for. One that is billed stays as it is."""
    if (await commands.runtime.state(BILLABLES, order_id)).known == Known():
        raise Unknown(f"The order {order_id}")
    try:
        missing = await bill_when_ready(commands.runtime, order_id, commands.because)
    except NotYet as why:
        missing = str(why)
    if missing:
        raise Rejected(missing)
    stream = commands.runtime.stream(BILLABLES, order_id)
    head = (await stream.store.read(stream.name))[-1]
    token = str(AfterToken(commands.runtime.context.name, head.position, stream.name, -1))
    return Answer(id=order_id, stream=stream.name, revision=head.revision, token=token)
