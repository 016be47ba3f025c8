"""Payments, and what debtors owe."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Amount, Body, Bookkeeper, Currency, Day
from carnet.invoicing.domain.open_items import Applied, Ledger, OpenItem, spread
from carnet.invoicing.domain.receivables import RecordPayment
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["payments"])


class Payment(Body):
    """Money that came. With `invoices` it pays these in their order, else the oldest due first; the rest is a favour.

    Its id follows from the Idempotency-Key, so that a payment that is sent again is booked once.
    """

    debtor_id: str
    amount: Amount
    currency: Currency = "CHF"
    received_on: Day
    invoices: list[UUID] | None = None


class ItemView(BaseModel):
    """An invoice, or a charge of a reminder, that is not paid."""

    item_id: str
    number: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    amount: Decimal
    open_amount: Decimal
    hold: str | None
    level: int
    reminded_on: date | None


class OpenItems(BaseModel):
    """What a debtor owes per item, and has in favour per currency."""

    debtor_id: str
    items: list[ItemView]
    in_favour: dict[str, Decimal]


@router.post("/payments", status_code=201)
async def record_payment(body: Payment, commands: Commands, _: Bookkeeper) -> Answer:
    """Record a payment over one invoice or several."""
    payment_id = commands.new_id()
    command = RecordPayment(
        payment_id=UUID(payment_id),
        paid_on=body.received_on,
        currency=body.currency,
        amount=body.amount,
        wanted=await wanted(commands.runtime, body),
    )
    return commands.answer(payment_id, await commands.handle(RECEIVABLES, body.debtor_id, command))


async def wanted(runtime: Runtime, body: Payment) -> tuple[Applied, ...]:
    """Spread a payment over the invoices that it names."""
    if not body.invoices:
        return ()
    known = (await runtime.state(RECEIVABLES, body.debtor_id)).ledger.items
    if any(invoice_id not in known for invoice_id in body.invoices):
        raise Rejected("Name invoices of this debtor that are booked.")
    return spread(body.amount, [(known[each], known[each].open_amount) for each in body.invoices])


@router.get("/open-items")
async def open_items(debtor: str, runtime: RuntimeDep, _: Identified) -> OpenItems:
    """List what a debtor owes, the oldest due date first, straight from its account."""
    return shown(debtor, (await runtime.state(RECEIVABLES, debtor)).ledger)


def shown(debtor_id: str, ledger: Ledger) -> OpenItems:
    currencies = sorted({item.currency for item in ledger.items.values()})
    items = [view(item) for currency in currencies for item in ledger.open_in(currency)]
    favour = {currency: amount for currency, amount in ledger.in_favour.items() if amount}
    return OpenItems(debtor_id=debtor_id, items=items, in_favour=favour)


def view(item: OpenItem) -> ItemView:
    told = item.model_dump(exclude={"item_id", "debtor_id", "language", "voided"})
    return ItemView(item_id=str(item.item_id), **told)
