"""A debtor's account: what is invoiced, credited, paid, disputed and reminded, and when an invoice is settled."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.bookings import (
    BookingVoided,
    CreditBooked,
    Event,
    FavourUsed,
    HoldReleased,
    InvoiceBooked,
    InvoiceHeld,
    InvoiceSettled,
    PaymentApplied,
    PaymentRecorded,
    ReminderClaimed,
    State,
    evolve,
)
from carnet.invoicing.domain.dunning import ReminderRule, reminders
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.domain.open_items import Applied, Hold, OpenItem, spread, total
from carnet.kernel.decider import Decider, Rejected


class BookInvoice(BaseModel, frozen=True):
    """`amount` is the payable of the invoice."""

    invoice_id: UUID
    debtor_id: str
    number: str
    currency: str
    language: str
    issued_on: date
    due_on: date
    amount: Decimal


class BookCredit(BaseModel, frozen=True):
    credit_id: UUID
    number: str
    currency: str
    issued_on: date
    amount: Decimal = Field(gt=0)
    corrects: tuple[UUID, ...] = ()


class RecordPayment(BaseModel, frozen=True):
    """Without `wanted` the oldest due invoice of the currency is paid first."""

    payment_id: UUID
    paid_on: date
    currency: str
    amount: Decimal = Field(gt=0)
    wanted: tuple[Applied, ...] = ()


class UseFavour(BaseModel, frozen=True):
    invoice_id: UUID
    used_on: date


class HoldInvoice(BaseModel, frozen=True):
    invoice_id: UUID
    hold: Hold
    reason: str


class ReleaseHold(BaseModel, frozen=True):
    invoice_id: UUID


class VoidBooking(BaseModel, frozen=True):
    """Void an invoice or a credit by its document id."""

    document_id: UUID
    voided_on: date


class Remind(BaseModel, frozen=True):
    debtor_id: str
    run_date: date
    rule: ReminderRule


Command: TypeAlias = (
    BookInvoice | BookCredit | RecordPayment | UseFavour | HoldInvoice | ReleaseHold | VoidBooking | Remind
)


def book_invoice(command: BookInvoice, state: State) -> list[Event]:
    if command.invoice_id in state.ledger.items:
        return []
    return [InvoiceBooked(**command.model_dump())]


def book_credit(command: BookCredit, state: State) -> list[Event]:
    if command.credit_id in state.credits:
        return []
    named = [state.ledger.items[i] for i in command.corrects if i in state.ledger.items]
    applied = spread(command.amount, [(i, i.open_amount) for i in named if i.currency == command.currency])
    booked = CreditBooked(
        **command.model_dump(exclude={"issued_on", "corrects"}),
        applied=applied,
        in_favour=command.amount - total(applied),
    )
    return [booked, *_settled(state, applied, command.issued_on)]


def record_payment(command: RecordPayment, state: State) -> list[Event]:
    if command.payment_id in state.payments:
        return []
    wanted = [(_item(state, part.item_id), part.amount) for part in command.wanted]
    _refuse_allocation(command, wanted)
    oldest_first = [(item, item.open_amount) for item in state.ledger.open_in(command.currency)]
    applied = spread(command.amount, wanted or oldest_first)
    rest = command.amount - total(applied)
    recorded = PaymentRecorded(**command.model_dump(exclude={"wanted"}), in_favour=rest)
    parts = [_applied(command, _item(state, part.item_id), part.amount) for part in applied]
    return [recorded, *parts, *_settled(state, applied, command.paid_on)]


def use_favour(command: UseFavour, state: State) -> list[Event]:
    item = _item(state, command.invoice_id)
    applied = spread(state.ledger.favour(item.currency), [(item, item.open_amount)])
    used = [FavourUsed(used_on=command.used_on, currency=item.currency, applied=part) for part in applied]
    return [*used, *_settled(state, applied, command.used_on)]


def hold(command: HoldInvoice, state: State) -> list[Event]:
    if _item(state, command.invoice_id).hold == command.hold:
        return []
    return [InvoiceHeld(**command.model_dump())]


def release(command: ReleaseHold, state: State) -> list[Event]:
    if _item(state, command.invoice_id).hold is None:
        return []
    return [HoldReleased(invoice_id=command.invoice_id)]


def void(command: VoidBooking, state: State) -> list[Event]:
    if command.document_id in state.voided:
        return []
    if not state.has(command.document_id):
        raise Rejected("Name an invoice or a credit note of this debtor.")
    return [BookingVoided(**command.model_dump())]


def remind(command: Remind, state: State) -> list[Event]:
    due = reminders(command.debtor_id, state.ledger, command.run_date, command.rule)
    return [ReminderClaimed(reminder=reminder) for reminder in due]


def decide(command: Command, state: State) -> list[Event]:  # noqa: PLR0911  a return a command
    match command:
        case BookInvoice():
            return book_invoice(command, state)
        case BookCredit():
            return book_credit(command, state)
        case RecordPayment():
            return record_payment(command, state)
        case UseFavour():
            return use_favour(command, state)
        case HoldInvoice():
            return hold(command, state)
        case ReleaseHold():
            return release(command, state)
        case VoidBooking():
            return void(command, state)
        case Remind():
            return remind(command, state)
        case _:
            assert_never(command)


def _item(state: State, item_id: UUID) -> OpenItem:
    if item_id not in state.ledger.items:
        raise Rejected("Name an invoice of this debtor.")
    return state.ledger.items[item_id]


def _refuse_allocation(command: RecordPayment, wanted: list[tuple[OpenItem, Decimal]]) -> None:
    if any(item.currency != command.currency for item, _ in wanted):
        raise Rejected("Allocate a payment in {currency} to invoices in {currency}.", currency=command.currency)
    if sum((amount for _, amount in wanted), NOTHING) > command.amount:
        raise Rejected("Allocate at most the amount that was paid.")


def _applied(command: RecordPayment, item: OpenItem, amount: Decimal) -> PaymentApplied:
    return PaymentApplied(
        payment_id=command.payment_id,
        invoice_id=item.item_id,
        debtor_id=item.debtor_id,
        currency=command.currency,
        amount=amount,
        paid_on=command.paid_on,
    )


def _settled(state: State, applied: Iterable[Applied], on: date) -> list[InvoiceSettled]:
    after = state.ledger.apply(applied)
    items = [after.items[part.item_id] for part in applied]
    return [
        InvoiceSettled(invoice_id=i.item_id, debtor_id=i.debtor_id, number=i.number, settled_on=on)
        for i in items
        if i.open_amount == 0
    ]


receivables = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
