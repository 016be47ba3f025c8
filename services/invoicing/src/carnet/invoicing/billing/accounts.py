"""A debtor's account: what it owes and has in favour, and how a payment is spread over its invoices."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.domain.open_items import Applied, Ledger, OpenItem, spread
from carnet.invoicing.domain.qr_reference import checked
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime


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


async def account_of(runtime: Runtime, debtor_id: str) -> OpenItems:
    """Give an account straight from its stream, the oldest due date first."""
    return shown(debtor_id, (await runtime.state(RECEIVABLES, debtor_id)).ledger)


def shown(debtor_id: str, ledger: Ledger) -> OpenItems:
    currencies = sorted({item.currency for item in ledger.items.values()})
    items = [view(item) for currency in currencies for item in ledger.open_in(currency)]
    favour = {currency: amount for currency, amount in ledger.in_favour.items() if amount}
    return OpenItems(debtor_id=debtor_id, items=items, in_favour=favour)


def view(item: OpenItem) -> ItemView:
    told = item.model_dump(exclude={"item_id", "debtor_id", "language", "voided"})
    return ItemView(item_id=str(item.item_id), **told)


async def named_by(
    runtime: Runtime, debtor_id: str, reference: str, invoices: Sequence[UUID] | None
) -> Sequence[UUID] | None:
    """Give the invoices that a payment names; one that comes with a reference names that invoice."""
    if not reference.strip():
        return invoices
    plain = checked(reference)
    row = await runtime.query(lambda session: document_queries.by_reference(session, plain))
    if row is None or row.debtor_id != debtor_id:
        raise Rejected("No invoice of this debtor has this reference: look for whose it is, and record it there.")
    return [UUID(row.document_id)]


async def spread_over(
    runtime: Runtime, debtor_id: str, amount: Decimal, invoices: Sequence[UUID] | None
) -> tuple[Applied, ...]:
    """Spread a payment over the invoices that it names, in their order; nothing where it names none."""
    known = (await runtime.state(RECEIVABLES, debtor_id)).ledger.items if invoices else {}
    if any(invoice_id not in known for invoice_id in invoices or ()):
        raise Rejected("Name invoices of this debtor that are booked.")
    return spread(amount, [(known[each], known[each].open_amount) for each in invoices or ()])
