"""Where an order stands on its way to a bill: billed, settled without one, or what it waits for."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel
from sqlmodel import Session

from carnet.invoicing.billing.issuing import order_numbers
from carnet.invoicing.billing.letterhead import terms_of
from carnet.invoicing.billing.work_billing import claim, require_address
from carnet.invoicing.domain.billable import NothingToBill, State, WorkClaimed
from carnet.invoicing.domain.order_facts import Known, awaited
from carnet.invoicing.read_models import claims, document_queries
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import BILLABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.ops import held_notices
from carnet.kernel.web.problems import Unknown


class BilledBy(BaseModel):
    """A document that has lines of the order; a voided one bills nothing any more."""

    document_id: str
    number: str
    kind: str
    issued_on: date
    payable: Decimal
    currency: str
    voided: bool


class OrderState(BaseModel):
    """`waits_for` is a sentence that says what to do, `reason` why nothing is billed, `document_id` the invoice.

    `held_back` says what to do before a later fact about the order, such as a corrected report, is billed.
    """

    order_id: str
    state: Literal["waiting", "ready", "claimed", "billed", "nothing"]
    waits_for: str = ""
    reason: str = ""
    document_id: str | None = None
    documents: list[BilledBy] = []
    held_back: str = ""


class WaitingOrder(BaseModel):
    """An order and the sentence that says what it waits for."""

    order_id: str
    number: str
    waits_for: str


async def order_state(runtime: Runtime, order_id: str) -> OrderState:
    """Give it, with the documents that billed it; raises Unknown for an order that nothing was heard of."""
    state = await runtime.state(BILLABLES, order_id)
    if state.known == Known():
        raise Unknown("The order {id}", id=order_id)
    found = await settled_or_waiting(runtime, order_id, state)
    rows = await runtime.query(lambda session: document_queries.of_order(session, order_id))
    held_back = await runtime.query(lambda session: note_on(session, order_id))
    return found.model_copy(update={"documents": [billed_by(row) for row in rows], "held_back": held_back})


def note_on(session: Session, order_id: str) -> str:
    """Give what a fact of dispatch about the order waits for, empty where none waits."""
    held = held_notices(session, ("waiting",))
    return next((each.note for each in held if each.stream == f"order-{order_id}"), "")


def billed_by(row: DocumentRow) -> BilledBy:
    told = row.model_dump(include={"document_id", "number", "kind", "issued_on", "currency"})
    return BilledBy(**told, payable=row.whole.document.totals.payable, voided=row.voided_on is not None)


async def settled_or_waiting(runtime: Runtime, order_id: str, state: State) -> OrderState:
    match state.settled:
        case NothingToBill(reason=reason):
            return OrderState(order_id=order_id, state="nothing", reason=reason)
        case WorkClaimed() as claimed:
            return await claimed_state(runtime, order_id, claimed)
        case None:
            missing = await waits_for(runtime, state)
            return OrderState(order_id=order_id, state="waiting" if missing else "ready", waits_for=missing or "")


async def claimed_state(runtime: Runtime, order_id: str, claimed: WorkClaimed) -> OrderState:
    document_id = str(claimed.claim_id)
    if claimed.collective:
        document_id = await runtime.query(lambda session: claims.invoice_of(session, str(claimed.claim_id)))
    billed = "billed" if document_id else "claimed"
    return OrderState(order_id=order_id, state=billed, document_id=document_id or None)


async def waits_for(runtime: Runtime, state: State) -> str | None:
    """Say what an order waits for, by the very decision that would bill it; None where nothing is missing."""
    order = state.known.order
    terms = await terms_of(runtime, order.debtor_id if order and not order.internal else None)
    if (missing := awaited(state.known, terms.rule, approve=terms.approve)) is not None:
        return missing
    try:
        await require_address(runtime, BILLABLES.decider.decide(await claim(runtime, state, terms), state))
    except (Rejected, NotYet) as why:
        return str(why)
    return None


async def waiting_orders(runtime: Runtime) -> list[WaitingOrder]:
    """Give the orders of which something heard or to be billed waits for a person, each with what to do."""
    held = await runtime.query(lambda session: held_notices(session, ("waiting",)))
    notes = {order_id: each.note for each in held if (order_id := order_of(each.stream))}
    numbers = await order_numbers(runtime, notes)
    return [WaitingOrder(order_id=each, number=numbers.get(each, ""), waits_for=note) for each, note in notes.items()]


def order_of(stream: str) -> str:
    """Give the order of a stream, as it stands here or in dispatch; empty for another stream."""
    kind, _, order_id = stream.partition("-")
    return order_id if kind in (BILLABLES.name, "order") else ""
