"""Payments, and what debtors owe."""

from uuid import UUID

from fastapi import APIRouter

from carnet.invoicing.api.bodies import Body, Bookkeeper
from carnet.invoicing.api.posted import PostedAnswer, on_its_day
from carnet.invoicing.billing.accounts import OpenItems, account_of, named_by, spread_over
from carnet.invoicing.billing.entries import Amount, Currency, Day
from carnet.invoicing.domain.receivables import RecordPayment
from carnet.invoicing.read_models import parties
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.web.commands import Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["payments"])


class Payment(Body):
    """Money that came. With a `reference` it pays the invoice that has it, with `invoices` these in their order.

    Else it pays the oldest due first; the rest is a favour. Its id follows from the Idempotency-Key, so that a payment
    that is sent again is booked once.
    """

    debtor_id: str
    amount: Amount
    currency: Currency = "CHF"
    received_on: Day
    invoices: list[UUID] | None = None
    reference: str = ""


@router.post("/payments", status_code=201)
async def record_payment(body: Payment, commands: Commands, _: Bookkeeper) -> PostedAnswer:
    """Record a payment over one invoice or several."""
    if await commands.runtime.query(lambda session: parties.one(session, body.debtor_id)) is None:
        raise Unknown("The debtor {id}", id=body.debtor_id)
    payment_id = commands.new_id()
    invoices = await named_by(commands.runtime, body.debtor_id, body.reference, body.invoices)
    command = RecordPayment(
        payment_id=UUID(payment_id),
        paid_on=body.received_on,
        currency=body.currency,
        amount=body.amount,
        wanted=await spread_over(commands.runtime, body.debtor_id, body.amount, invoices),
    )
    answer = commands.answer(payment_id, await commands.handle(RECEIVABLES, body.debtor_id, command))
    return await on_its_day(commands.runtime, answer, body.received_on)


@router.get("/open-items")
async def open_items(debtor: str, runtime: RuntimeDep, _: Identified) -> OpenItems:
    """List what a debtor owes, the oldest due date first, straight from its account."""
    return await account_of(runtime, debtor)
