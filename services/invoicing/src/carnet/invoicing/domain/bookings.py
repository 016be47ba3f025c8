"""What happened on a debtor's account, and what it comes to."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.dunning import Reminder
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.domain.open_items import Applied, Hold, Ledger, OpenItem, total
from carnet.kernel.layers import Layers


class InvoiceBooked(BaseModel, frozen=True):
    type: Literal["invoice-booked.v1"] = "invoice-booked.v1"
    invoice_id: UUID
    debtor_id: str
    number: str
    currency: str
    language: str
    issued_on: date
    due_on: date
    amount: Decimal


class CreditBooked(BaseModel, frozen=True):
    """A credit note lowers the invoices that it names; the rest is in the debtor's favour."""

    type: Literal["credit-booked.v1"] = "credit-booked.v1"
    credit_id: UUID
    number: str
    currency: str
    amount: Decimal
    applied: tuple[Applied, ...]
    in_favour: Decimal


class PaymentRecorded(BaseModel, frozen=True):
    """A payment came; what it leaves after the invoices that it pays is in the debtor's favour."""

    type: Literal["payment-recorded.v1"] = "payment-recorded.v1"
    payment_id: UUID
    paid_on: date
    currency: str
    amount: Decimal
    in_favour: Decimal


class PaymentApplied(BaseModel, frozen=True):
    """The part of a payment that went to one invoice."""

    type: Literal["payment-applied.v1"] = "payment-applied.v1"
    payment_id: UUID
    invoice_id: UUID
    debtor_id: str
    currency: str
    amount: Decimal
    paid_on: date


class FavourUsed(BaseModel, frozen=True):
    """A credit in the debtor's favour was set off against an invoice."""

    type: Literal["favour-used.v1"] = "favour-used.v1"
    used_on: date
    currency: str
    applied: Applied


class InvoiceSettled(BaseModel, frozen=True):
    type: Literal["invoice-settled.v1"] = "invoice-settled.v1"
    invoice_id: UUID
    debtor_id: str
    number: str
    settled_on: date


class InvoiceHeld(BaseModel, frozen=True):
    """The invoice is disputed by the debtor, or parked by the office: no reminders."""

    type: Literal["invoice-held.v1"] = "invoice-held.v1"
    invoice_id: UUID
    hold: Hold
    reason: str


class HoldReleased(BaseModel, frozen=True):
    type: Literal["invoice-hold-released.v1"] = "invoice-hold-released.v1"
    invoice_id: UUID


class BookingVoided(BaseModel, frozen=True):
    """A voided invoice is owed no more; what was paid on it is in the debtor's favour. A voided credit is undone."""

    type: Literal["booking-voided.v1"] = "booking-voided.v1"
    document_id: UUID
    voided_on: date


class ReminderClaimed(BaseModel, frozen=True):
    """A reminder is to be issued and sent."""

    type: Literal["reminder-claimed.v1"] = "reminder-claimed.v1"
    reminder: Reminder


Event: TypeAlias = Annotated[
    InvoiceBooked
    | CreditBooked
    | PaymentRecorded
    | PaymentApplied
    | FavourUsed
    | InvoiceSettled
    | InvoiceHeld
    | HoldReleased
    | BookingVoided
    | ReminderClaimed,
    Field(discriminator="type"),
]


@dataclass(frozen=True)
class State:
    """A debtor's account; `payments` by their id, each with the day on which it was paid."""

    ledger: Ledger = field(default_factory=Ledger)
    credits: Layers[UUID, CreditBooked] = field(default_factory=Layers)
    payments: Layers[UUID, date] = field(default_factory=Layers)
    voided: frozenset[UUID] = frozenset()

    def has(self, document_id: UUID) -> bool:
        """Whether the document, an invoice or a credit note, is booked."""
        return document_id in self.ledger.items or document_id in self.credits


def evolve(state: State, event: Event) -> State:
    match event:
        case PaymentRecorded(payment_id=payment_id, paid_on=day):
            return replace(state, ledger=_ledger(state, event), payments=state.payments | {payment_id: day})
        case CreditBooked(credit_id=credit_id):
            return replace(state, ledger=_ledger(state, event), credits=state.credits | {credit_id: event})
        case BookingVoided(document_id=document_id):
            return replace(state, ledger=_ledger(state, event), voided=state.voided | {document_id})
        case _:
            return replace(state, ledger=_ledger(state, event))


def _ledger(state: State, event: Event) -> Ledger:  # noqa: C901, PLR0911  a case an event
    ledger = state.ledger
    match event:
        case InvoiceBooked():
            return _booked(ledger, event)
        case CreditBooked(applied=applied, currency=currency, in_favour=rest):
            return ledger.apply(applied).with_favour(currency, rest)
        case PaymentRecorded(currency=currency, in_favour=rest):
            return ledger.with_favour(currency, rest)
        case PaymentApplied(invoice_id=invoice_id, amount=amount):
            return ledger.apply([Applied(item_id=invoice_id, amount=amount)])
        case FavourUsed(applied=part, currency=currency):
            return ledger.apply([part]).with_favour(currency, -part.amount)
        case InvoiceHeld(invoice_id=invoice_id, hold=hold):
            return _held(ledger, invoice_id, hold)
        case HoldReleased(invoice_id=invoice_id):
            return _held(ledger, invoice_id, None)
        case BookingVoided():
            return _voided(state, event)
        case ReminderClaimed(reminder=reminder):
            return _reminded(ledger, reminder)
        case InvoiceSettled():
            return ledger  # what is settled has nothing open
        case _:
            assert_never(event)


def _held(ledger: Ledger, invoice_id: UUID, hold: Hold | None) -> Ledger:
    return ledger.with_item(ledger.items[invoice_id].model_copy(update={"hold": hold}))


def _booked(ledger: Ledger, event: InvoiceBooked) -> Ledger:
    item = OpenItem(
        item_id=event.invoice_id,
        kind="invoice",
        open_amount=event.amount,
        **event.model_dump(exclude={"type", "invoice_id"}),
    )
    return ledger.with_item(item)


def _voided(state: State, event: BookingVoided) -> Ledger:
    credit = state.credits.get(event.document_id)
    if credit is not None:
        return _uncredited(state.ledger, credit)
    item = state.ledger.items[event.document_id]
    gone = item.model_copy(update={"open_amount": NOTHING, "voided": True})
    return state.ledger.with_item(gone).with_favour(item.currency, item.amount - item.open_amount)


def _uncredited(ledger: Ledger, credit: CreditBooked) -> Ledger:
    """Take a credit back; its part of an invoice that was voided since had gone into the favour."""
    standing = [part for part in credit.applied if not ledger.items[part.item_id].voided]
    reopened = (part.model_copy(update={"amount": -part.amount}) for part in standing)
    return ledger.apply(reopened).with_favour(credit.currency, total(standing) - credit.amount)


def _reminded(ledger: Ledger, reminder: Reminder) -> Ledger:
    for entry in reminder.items:
        item = ledger.items[entry.item_id]
        stamp = {"level": entry.level, "reminded_on": reminder.run_date}
        ledger = ledger.with_item(item.model_copy(update=stamp))
    for charge in reminder.charges:
        ledger = ledger.with_item(_charged(charge.charge_id, charge.kind, charge.amount, reminder))
    return ledger


def _charged(charge_id: UUID, kind: str, amount: Decimal, reminder: Reminder) -> OpenItem:
    return OpenItem(
        item_id=charge_id,
        debtor_id=reminder.debtor_id,
        number=kind,
        kind="charge",
        currency=reminder.currency,
        language=reminder.language,
        issued_on=reminder.run_date,
        due_on=reminder.run_date,
        amount=amount,
        open_amount=amount,
    )
