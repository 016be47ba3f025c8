"""The terms of a contract are what was agreed in its newest version: what is covered, from when, at which price."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.invoicing.domain.periods import ONE_DAY, Billing
from carnet.kernel.decider import Rejected

ContractKind: TypeAlias = Literal["maintenance", "subscription", "licence"]


class Price(BaseModel, frozen=True):
    """A fee per year that holds from a day until the position's next price."""

    valid_from: date
    fee: Decimal = Field(ge=0)


class Position(BaseModel, frozen=True):
    """One object under the contract; a last day before the first means that it was never covered."""

    position_id: str
    object_id: str | None = None
    text: str = ""
    first_day: date
    last_day: date | None = None
    prices: tuple[Price, ...]


class Suspension(BaseModel, frozen=True):
    """Suspended days, both included; without a last day until it is resumed."""

    first_day: date
    last_day: date | None = None


class ContractTerms(BaseModel, frozen=True):
    """One whole version of a contract, as its billing needs it."""

    contract_id: str
    version: int
    kind: ContractKind = "maintenance"
    currency: str
    debtor_id: str
    start: date
    end: date | None = None
    billing: Billing
    positions: tuple[Position, ...]
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"
    suspensions: tuple[Suspension, ...] = ()
    suspended_fee: Literal["not_due", "due"] = "not_due"
    valid_from: date | None = None
    recorded: date | None = None


def covered_days(terms: ContractTerms, position: Position) -> tuple[date, date] | None:
    """First and last covered day of a position (`date.max` when open), or None when it covers nothing."""
    first_day = position.first_day
    last_day = min(terms.end or date.max, position.last_day or date.max)
    return (first_day, last_day) if first_day <= last_day else None


def days_with_a_fee(terms: ContractTerms, first_day: date, last_day: date) -> list[tuple[date, date]]:
    """The stretches between two days, both included, for which the fee is due: suspended days bear none, unless the
    contract says that it goes on.
    """
    stretches = [(first_day, last_day)]
    for suspension in terms.suspensions if terms.suspended_fee == "not_due" else ():
        stretches = [rest for stretch in stretches for rest in _without(suspension, *stretch)]
    return stretches


def _without(suspension: Suspension, first_day: date, last_day: date) -> list[tuple[date, date]]:
    ends = suspension.last_day or date.max
    if ends < first_day or last_day < suspension.first_day:
        return [(first_day, last_day)]
    before = [(first_day, suspension.first_day - ONE_DAY)] if first_day < suspension.first_day else []
    return before + ([(ends + ONE_DAY, last_day)] if ends < last_day else [])


def refuse_nonsense(terms: ContractTerms) -> None:
    """Raise `Rejected` for terms that no bill can follow from."""
    twice = [name for name, n in Counter(p.position_id for p in terms.positions).items() if n > 1]
    if twice:
        raise Rejected("Give each position an id of its own: {twice} stands there twice.", twice=twice[0])
    for position in terms.positions:
        _refuse_start(terms, position)
        _refuse_prices(position)
    _refuse_anchor(terms)


def _refuse_start(terms: ContractTerms, position: Position) -> None:
    if position.first_day < terms.start:
        raise Rejected(
            "Cover {position} from {start} or later: the contract starts then.",
            position=position.position_id,
            start=terms.start,
        )


def _refuse_prices(position: Position) -> None:
    earliest = min((price.valid_from for price in position.prices), default=date.max)
    if earliest < position.first_day:
        raise Rejected(
            "Date the price of {position} on {first_day} or later: it has one from {earliest}.",
            position=position.position_id,
            first_day=position.first_day,
            earliest=earliest,
        )
    if earliest > position.first_day:
        raise Rejected(
            "Give position {position} a price from its first day, {first_day}.",
            position=position.position_id,
            first_day=position.first_day,
        )


def _refuse_anchor(terms: ContractTerms) -> None:
    covers = [cover for position in terms.positions if (cover := covered_days(terms, position))]
    first_covered = min((first for first, _ in covers), default=date.max)
    if terms.billing.anchor > first_covered:
        raise Rejected(
            "Set the billing anchor to {first_covered} or earlier: {anchor} leaves covered days without a period.",
            first_covered=first_covered,
            anchor=terms.billing.anchor,
        )
