"""What is open of invoices and charges: each with all that was applied to it, in hundredths of its currency."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement
from sqlmodel import Field, Session, SQLModel, col, func, select

from carnet.invoicing.domain.bookings import (
    BookingVoided,
    CreditBooked,
    FavourUsed,
    InvoiceBooked,
    PaymentApplied,
    ReminderClaimed,
)
from carnet.invoicing.domain.open_items import Applied
from carnet.kernel.because import derived_id
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Add, Change, Delete, Put


class ItemRow(SQLModel, table=True):
    """An invoice, or a charge of a reminder, that a debtor owes."""

    __tablename__ = "invoicing_item"
    item_id: str = Field(primary_key=True)
    debtor_id: str = Field(default="", index=True)
    due_on: date | None = Field(default=None, index=True)
    cents: int = Field(default=0, sa_type=BigInteger)
    voided: bool = False


class AppliedRow(SQLModel, table=True):
    """What one payment or credit took off an item."""

    __tablename__ = "invoicing_applied"
    item_id: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True, index=True)
    cents: int = Field(default=0, sa_type=BigInteger)


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case InvoiceBooked() as fact:
            yield item(fact.invoice_id, fact.debtor_id, fact.due_on, fact.amount)
        case ReminderClaimed(reminder=fact):
            for charge in fact.charges:
                yield item(charge.charge_id, fact.debtor_id, fact.run_date, charge.amount)
        case PaymentApplied() as fact:
            yield applied(Applied(item_id=fact.invoice_id, amount=fact.amount), fact.payment_id)
        case CreditBooked() as fact:
            yield from (applied(part, fact.credit_id) for part in fact.applied)
        case FavourUsed() as fact:
            yield applied(fact.applied, derived_id("favour", heard.notice.stream, heard.notice.revision))
        case BookingVoided() as fact:
            yield Put(ItemRow, {"item_id": str(fact.document_id)}, {"voided": True})
            yield Delete(AppliedRow, {"source_id": str(fact.document_id)})


def item(item_id: UUID, debtor_id: str, due_on: date, amount: Decimal) -> Put:
    told = {"debtor_id": debtor_id, "due_on": due_on, "cents": cents(amount)}
    return Put(ItemRow, {"item_id": str(item_id)}, told)


def applied(part: Applied, source_id: UUID) -> Add:
    key = {"item_id": str(part.item_id), "source_id": str(source_id)}
    return Add(AppliedRow, key, {"cents": cents(part.amount)})


def cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


HEARD = (InvoiceBooked, ReminderClaimed, PaymentApplied, CreditBooked, FavourUsed, BookingVoided)
MODEL = ReadModel("invoicing.items", (ItemRow, AppliedRow), HEARD, changes)


def open_cents() -> ColumnElement[int]:
    """What is open of an item, as a column of a query on items."""
    taken = select(func.coalesce(func.sum(col(AppliedRow.cents)), 0)).where(AppliedRow.item_id == ItemRow.item_id)
    return col(ItemRow.cents) - taken.correlate(ItemRow).scalar_subquery()


def is_open() -> ColumnElement[bool]:
    return col(ItemRow.voided).is_(False) & (open_cents() > 0)


def open_amounts(session: Session, item_ids: Iterable[str]) -> dict[str, Decimal]:
    """Give what is open of each item that is booked; a voided one owes nothing."""
    query = select(ItemRow.item_id, ItemRow.voided, open_cents()).where(col(ItemRow.item_id).in_(set(item_ids)))
    return {item_id: Decimal(0 if voided else left).scaleb(-2) for item_id, voided, left in session.exec(query)}


def overdue_debtors(session: Session, day: date) -> list[str]:
    """Give the debtors who owe something that was due before a day."""
    query = select(ItemRow.debtor_id).where(is_open(), col(ItemRow.due_on) < day).distinct()
    return sorted(session.exec(query).all())


class Owed(NamedTuple):
    """A debtor with open items, and the due date of the oldest."""

    debtor_id: str
    items: int
    oldest: date | None


def owed(session: Session) -> list[Owed]:
    """Give the debtors who owe something, whose oldest item is due first."""
    oldest = func.min(col(ItemRow.due_on))
    query = select(ItemRow.debtor_id, func.count(), oldest).where(is_open())
    found = session.exec(query.group_by(col(ItemRow.debtor_id)).order_by(oldest, col(ItemRow.debtor_id)))
    return [Owed(debtor_id, items, first) for debtor_id, items, first in found]
