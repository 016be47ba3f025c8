"""An overdue invoice is reminded level by level, all of a debtor's in one letter per currency and language (R11)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from carnet.invoicing.domain.money import NOTHING, to_cent
from carnet.invoicing.domain.open_items import Ledger, OpenItem

REMINDERS = UUID("5d1d7bbd-1d55-53a5-9a0f-0f6e3c1b8f47")  # the namespace of reminders and charges, for ever


COMPENSATIONS: Final = MappingProxyType({"FR": Decimal("40.00")})  # EUR an invoice (Code de commerce, D441-5)


class ReminderRule(BaseModel, frozen=True):
    """Days of grace past the due date, days between reminders, and what a reminder costs (by default nothing).

    `fees` are per level, `interest` in percent a year (act/365), `compensation` once per invoice, in one currency or in
    any: without a choice what the debtor's country lays down for businesses.
    """

    grace_days: int = Field(default=5, ge=0)
    days_between: int = Field(default=10, ge=1)
    levels: int = Field(default=3, ge=1)
    fees: tuple[Decimal, ...] = ()
    interest: Decimal = NOTHING
    compensation: Decimal | None = None
    compensated_in: str | None = None

    def for_business_in(self, country: str) -> "ReminderRule":
        """Give the rule with the compensation of a country, unless one was chosen: 40.00 EUR in France (B2B)."""
        if self.compensation is not None or country not in COMPENSATIONS:
            return self
        return self.model_copy(update={"compensation": COMPENSATIONS[country], "compensated_in": "EUR"})

    def compensates(self, item: OpenItem) -> Decimal:
        """Give the compensation of an invoice that is reminded for the first time."""
        applies = item.level == 0 and self.compensated_in in {None, item.currency}
        return (self.compensation or NOTHING) if applies else NOTHING


class Reminded(BaseModel, frozen=True):
    """An invoice on a reminder, at its open amount and its new level."""

    item_id: UUID
    number: str
    issued_on: date
    due_on: date
    open_amount: Decimal
    level: int


class ReminderCharge(BaseModel, frozen=True):
    """A receivable of its own, without VAT."""

    charge_id: UUID
    kind: Literal["fee", "interest", "compensation"]
    item_id: UUID | None = None
    amount: Decimal


class Reminder(BaseModel, frozen=True):
    """One letter: what is open, less what the debtor has in favour, and the charges."""

    reminder_id: UUID
    debtor_id: str
    currency: str
    language: str
    run_date: date
    items: tuple[Reminded, ...]
    set_against: Decimal
    charges: tuple[ReminderCharge, ...]
    total: Decimal


def reminders(debtor_id: str, ledger: Ledger, run_date: date, rule: ReminderRule) -> Iterator[Reminder]:
    """The reminders of one debtor that are due on the run date, by currency and language."""
    due = [item for item in ledger.items.values() if is_due(item, run_date, rule)]
    favour = dict(ledger.in_favour)
    for currency, language in sorted({(item.currency, item.language) for item in due}):
        listed = [i for i in ledger.open_in(currency) if i in due and i.language == language]
        open_amount = sum((item.open_amount for item in listed), NOTHING)
        credit = min(favour.get(currency, NOTHING), open_amount)
        favour[currency] = favour.get(currency, NOTHING) - credit
        if open_amount > credit:
            yield _reminder(debtor_id, listed, credit, run_date, rule)


def is_due(item: OpenItem, run_date: date, rule: ReminderRule) -> bool:
    """Whether an item takes its next level: overdue beyond the grace, not held, not just reminded."""
    overdue = (run_date - item.due_on).days > rule.grace_days
    rested = item.reminded_on is None or (run_date - item.reminded_on).days >= rule.days_between
    return item.open_amount > 0 and item.hold is None and overdue and rested and item.level < rule.levels


def _reminder(debtor_id: str, listed: list[OpenItem], credit: Decimal, run_date: date, rule: ReminderRule) -> Reminder:
    currency, language = listed[0].currency, listed[0].language
    reminder_id = uuid5(REMINDERS, f"{debtor_id}/{currency}/{language}/{run_date}")
    charges = tuple(_charges(reminder_id, listed, run_date, rule))
    owed = sum((item.open_amount for item in listed), NOTHING)
    return Reminder(
        reminder_id=reminder_id,
        debtor_id=debtor_id,
        currency=currency,
        language=language,
        run_date=run_date,
        items=tuple(_reminded(item) for item in listed),
        set_against=credit,
        charges=charges,
        total=owed - credit + sum((charge.amount for charge in charges), NOTHING),
    )


def _reminded(item: OpenItem) -> Reminded:
    return Reminded(
        item_id=item.item_id,
        number=item.number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        open_amount=item.open_amount,
        level=item.level + 1,
    )


def _charges(reminder_id: UUID, listed: list[OpenItem], run_date: date, rule: ReminderRule) -> Iterator[ReminderCharge]:
    level = max(item.level for item in listed)
    fee = rule.fees[level] if level < len(rule.fees) else NOTHING
    if fee:
        yield ReminderCharge(charge_id=uuid5(reminder_id, "fee"), kind="fee", item_id=None, amount=fee)
    for item in listed:
        yield from _charges_of(reminder_id, item, run_date, rule)


def _charges_of(reminder_id: UUID, item: OpenItem, run_date: date, rule: ReminderRule) -> Iterator[ReminderCharge]:
    """Interest since the due date or the last reminder, and the compensation once; none on a charge."""
    amounts: dict[Literal["interest", "compensation"], Decimal] = {
        "interest": interest(item.open_amount, rule.interest, item.reminded_on or item.due_on, run_date),
        "compensation": rule.compensates(item),
    }
    for kind, amount in amounts.items():
        if amount and item.kind == "invoice":
            charge_id = uuid5(reminder_id, f"{kind}/{item.item_id}")
            yield ReminderCharge(charge_id=charge_id, kind=kind, item_id=item.item_id, amount=amount)


def interest(amount: Decimal, percent: Decimal, since: date, until: date) -> Decimal:
    """Simple interest for the days between two dates, act/365, rounded once."""
    return to_cent(amount * percent * (until - since).days / Decimal(36500))
