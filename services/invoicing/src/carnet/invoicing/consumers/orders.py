"""What is heard of an order is noted on it; it is billed as soon as nothing is awaited any more (R4, R9)."""

from typing import Any

from carnet.events.contracts import CoverageDecided
from carnet.events.dispatch import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderReopened,
    WorkApproved,
    WorkReportCorrected,
    WorkReported,
)
from carnet.invoicing.billing.withdrawing import make_way
from carnet.invoicing.billing.work_billing import bill_when_ready
from carnet.invoicing.consumers.noting import fact_of
from carnet.invoicing.domain import order_facts as noted
from carnet.invoicing.domain.billable import Note
from carnet.invoicing.read_models import nodes
from carnet.invoicing.streams import BILLABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

NOTED = "what is heard of an order is noted"
BILLED = "an order is billed when nothing is awaited"
HEARD = (
    OrderCreated,
    WorkReported,
    WorkReportCorrected,
    CoverageDecided,
    OrderCompleted,
    OrderCancelled,
    OrderReopened,
    WorkApproved,
)
FACTS = (
    noted.OrderNoted,
    noted.WorkNoted,
    noted.CoverageNoted,
    noted.CompletionNoted,
    noted.CancellationNoted,
    noted.ApprovalNoted,
)


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    async def note(heard: Heard[Any]) -> None:
        fact = fact_of(heard.fact)
        if isinstance(fact, noted.OrderNoted):
            fact = await with_debtor(runtime, fact)
        order_id, because = heard.fact.order_id, heard.because(NOTED)
        try:
            await make_way(runtime, order_id, fact, because)
            await runtime.handle(BILLABLES, order_id, Note(fact=fact), because)
        except Rejected as why:
            raise NotYet(str(why)) from why  # it is noted once the invoice is voided

    async def bill(heard: Heard[Any]) -> None:
        order_id = heard.notice.stream.removeprefix(f"{BILLABLES.name}-")
        try:
            await bill_when_ready(runtime, order_id, heard.because(BILLED))
        except Rejected as why:
            raise NotYet(str(why)) from why

    return (
        Reaction(NOTED, dict.fromkeys(HEARD, note), start="beginning"),
        Reaction(BILLED, dict.fromkeys(FACTS, bill), start="beginning"),
    )


async def with_debtor(runtime: Runtime, order: noted.OrderNoted) -> noted.OrderNoted:
    """Give the order with the debtor of its object where it names none; an internal order needs none."""
    object_id = order.object_id
    if order.internal or order.debtor_id or object_id is None:
        return order
    known, debtor_id = await runtime.query(lambda session: nodes.debtor_of(session, object_id))
    if not known:
        raise NotYet(f"Register the object {object_id}: its debtor is billed.")
    return order.model_copy(update={"debtor_id": debtor_id})
