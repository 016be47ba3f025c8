"""The terms of a contract: who pays, which objects are covered from when to when, at which price, and what is due."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Sentence = Annotated[str, StringConstraints(min_length=1)]
Share = Annotated[Decimal, Field(ge=0, le=1)]
Kind = Literal["maintenance", "subscription", "licence"]

PREPARE_DAYS: dict[Kind, int] = {"maintenance": 30, "subscription": 21, "licence": 0}  # R4's defaults


class Parties(BaseModel, frozen=True):
    """`debtor_id` owes (the owner); `contact_id` receives the post (the property manager), None: the debtor."""

    debtor_id: Id
    contact_id: Id | None = None


class Billing(BaseModel, frozen=True):
    """Periods of so many months run from the anchor (R6)."""

    every_months: int = Field(ge=1)
    anchor: date
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: int = Field(default=0, ge=0)


class Price(BaseModel, frozen=True):
    """Fee a year, net, from a date to the next later price date.

    A share of the object's value says both: the fee is value x share, and is not rounded before it is billed (R1).
    """

    valid_from: date
    fee: Decimal = Field(ge=0)
    value: Decimal | None = Field(default=None, ge=0)
    share: Share | None = None

    @model_validator(mode="after")
    def _follows_from_the_value(self) -> Self:
        if (self.value is None) != (self.share is None):
            raise ValueError("value and share come together")
        if self.value is not None and self.share is not None and self.fee != self.value * self.share:
            raise ValueError("fee must be value x share")
        return self


def price_of_share(valid_from: date, value: Decimal, share: Decimal) -> Price:
    """Give the price of a position at a share (0 to 1) of its object's value."""
    return Price(valid_from=valid_from, fee=value * share, value=value, share=share)


class VisitPrice(BaseModel, frozen=True):
    """The price of each planned visit, net, from a date to the next later one; it stands for labour and travel."""

    valid_from: date
    amount: Decimal = Field(ge=0)


class Cycle(BaseModel, frozen=True):
    """A service that comes back (R6); orders are prepared `prepare_days_before` its due date (R4). `minutes` is what a
    visit takes each person as a standard, None where nobody said.
    """

    cycle_id: Id
    service: Id
    every_months: int = Field(ge=1)
    anchor: date
    persons: int = Field(default=1, ge=1, le=50)
    minutes: int | None = Field(default=None, ge=1, le=6000)
    skills: tuple[Id, ...] = ()
    equipment: tuple[Id, ...] = ()
    tolerance_days: int = Field(default=0, ge=0)
    prepare_days_before: int = Field(ge=0)
    absorbs_within_tolerance: bool = False


class CyclePlan(BaseModel, frozen=True):
    """The cycles of a position from a date to its next later plan."""

    valid_from: date
    cycles: tuple[Cycle, ...]


class Position(BaseModel, frozen=True):
    """One object under contract; a last day before the first means that it was never covered."""

    position_id: Id
    object_id: Id
    first_day: date
    last_day: date | None = None
    text: str = ""
    prices: tuple[Price, ...] = ()
    visit_prices: tuple[VisitPrice, ...] = ()
    plans: tuple[CyclePlan, ...] = ()


class Shares(BaseModel, frozen=True):
    """The share of each cost kind that the fee bears, 0 to 1."""

    labour: Share = Decimal(0)
    travel: Share = Decimal(0)
    parts: Share = Decimal(0)
    expense: Share = Decimal(0)


class Coverage(BaseModel, frozen=True):
    """What the fee bears of the orders of these types (R9), in so many visits a contract year, or in all
    planned visits where `visits` is None. It holds from a date to the next later coverage.
    """

    valid_from: date
    order_types: tuple[str, ...] = ("maintenance",)
    visits: int | None = Field(default=None, ge=0)
    shares: Shares = Shares()


class Reaction(BaseModel, frozen=True):
    """The technician arrives within so many minutes of the named service calendar's opening time (R7)."""

    priority: Id
    within_minutes: int = Field(ge=1, lt=2**31)
    escalate_before_minutes: int = Field(default=0, ge=0, lt=2**31)
    calendar: Id

    @model_validator(mode="after")
    def _escalates_after_the_report(self) -> Self:
        if self.escalate_before_minutes >= self.within_minutes:
            raise ValueError("escalate_before_minutes must be shorter than within_minutes")
        return self


class Notice(BaseModel, frozen=True):
    """Notice is given so many months before the term's end, or else the term is renewed for so many (None: it ends)."""

    months: int = Field(ge=0, le=1200)
    renews_for_months: int | None = Field(default=None, ge=1, le=1200)


class Suspension(BaseModel, frozen=True):
    """From a day to a day (None: until it is resumed) no service falls due; a last day before the first: never."""

    first_day: date
    last_day: date | None = None

    def includes(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class TemplateUsed(BaseModel, frozen=True):
    """The version of a template that terms were made of."""

    name: Id
    version: int = Field(ge=1)


class Terms(BaseModel, frozen=True):
    """All that was agreed; choices carry the defaults of the rules; `end` is the last covered day.

    `suspended_fee` says whether the fee goes on for suspended days.
    """

    contract_number: Id
    kind: Kind
    parties: Parties
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "CHF"
    start: date
    end: date | None = None
    billing: Billing
    positions: tuple[Position, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"
    anchored_to: Literal["nominal", "completed"] = "nominal"
    suspensions: tuple[Suspension, ...] = ()
    suspended_fee: Literal["not_due", "due"] = "not_due"
    notice: Notice | None = None
    template: TemplateUsed | None = None


class Version(BaseModel, frozen=True):
    """One whole version of a contract: true from `valid_from`, known since `recorded`, numbered from 1."""

    contract_id: Id
    number: int = Field(ge=1)
    valid_from: date
    recorded: date
    terms: Terms


class Dated(Protocol):
    @property
    def valid_from(self) -> date: ...


D = TypeVar("D", bound=Dated)


def in_force(values: Iterable[D], day: date) -> D | None:
    """The value that holds on a day: the one with the latest date up to it."""
    begun = [value for value in values if value.valid_from <= day]
    return max(begun, key=lambda value: value.valid_from, default=None)


def dated(values: Iterable[D], new: D) -> tuple[D, ...]:
    """The values in the order of their dates, the new one in the place of any of the same date."""
    kept = [value for value in values if value.valid_from != new.valid_from]
    return tuple(sorted([*kept, new], key=lambda value: value.valid_from))


def last_covered_day(terms: Terms, position: Position) -> date | None:
    """The earlier of the position's last day and the contract's end; None while neither is set."""
    return min((day for day in (position.last_day, terms.end) if day), default=None)


def suspended(suspensions: Iterable[Suspension], day: date) -> bool:
    return any(each.includes(day) for each in suspensions)


def covers(terms: Terms, position: Position, day: date) -> bool:
    """Whether the position bears orders on a day; a suspended one for which no fee is due bears none."""
    if terms.suspended_fee == "not_due" and suspended(terms.suspensions, day):
        return False
    last = last_covered_day(terms, position)
    return position.first_day <= day and (last is None or day <= last)


def position_of(terms: Terms, object_ids: Iterable[str], day: date) -> Position | None:
    """The position that covers the first of these objects (one, then what it is a part of) on a day."""
    covered = {p.object_id: p for p in terms.positions if covers(terms, p, day)}
    return next((covered[object_id] for object_id in object_ids if object_id in covered), None)


def reaction_for(terms: Terms, priority: str) -> Reaction | None:
    return next((reaction for reaction in terms.reactions if reaction.priority == priority), None)
