"""An order that waits for its collective invoice may still change: its claim is taken back, and made anew (R5)."""

from carnet.invoicing.domain.billable import VoidWork, contradicted
from carnet.invoicing.domain.collective import WithdrawOrder
from carnet.invoicing.domain.order_facts import Fact
from carnet.invoicing.streams import BILLABLES, COLLECTIVES
from carnet.kernel.because import Because
from carnet.kernel.runtime import Runtime


async def make_way(runtime: Runtime, order_id: str, fact: Fact, because: Because) -> None:
    """Take back the claim that a fact contradicts, if it waits for its invoice; raises Rejected if one lists it."""
    claim = contradicted(fact, await runtime.state(BILLABLES, order_id))
    if claim is None or not claim.collective:
        return
    withdraw = WithdrawOrder(order_id=order_id, claim_id=claim.claim_id)
    await runtime.handle(COLLECTIVES, claim.order.debtor_id or "", withdraw, because)
    void = VoidWork(claim_id=claim.claim_id, recorded=runtime.today())
    await runtime.handle(BILLABLES, order_id, void, because.step("withdrawn"))
