"""A contract as a person writes it down: dates and fees in place, defaults where nothing is said."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from carnet.contracts.domain.terms import (
    PREPARE_DAYS,
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Id,
    Kind,
    Notice,
    Parties,
    Position,
    Price,
    Reaction,
    Shares,
    Terms,
    VisitPrice,
    price_of_share,
)

Text = Annotated[str, StringConstraints(max_length=500)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
Fee = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
ShareOfValue = Annotated[Decimal, Field(ge=0, le=1, decimal_places=7)]
Months = Annotated[int, Field(ge=1, le=1200)]
Days = Annotated[int, Field(ge=0, le=3660)]


CHOSEN = {"kind", "currency", "start", "end", "proration", "refund", "anchored_to", "suspended_fee", "notice"}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CycleBody(Body):
    """A service that comes back; `prepare_days_before` is 30 for maintenance, 21 for a subscription, else 0 (R4).

    `minutes` is the standard duration of a visit, for each person.
    """

    cycle_id: Id
    service: Id
    every_months: Months
    anchor: Day
    persons: int = Field(default=1, ge=1, le=50)
    minutes: int | None = Field(default=None, ge=1, le=6000)
    skills: tuple[Id, ...] = ()
    equipment: tuple[Id, ...] = ()
    tolerance_days: Days = 0
    prepare_days_before: Days | None = None
    absorbs_within_tolerance: bool = False

    def cycle(self, kind: Kind) -> Cycle:
        days = PREPARE_DAYS[kind] if self.prepare_days_before is None else self.prepare_days_before
        return Cycle(**self.model_dump(exclude={"prepare_days_before"}), prepare_days_before=days)


class FeeBody(Body):
    """A fee a year, or the share (0 to 1) of the object's value that makes it."""

    fee: Fee | None = None
    value: Fee | None = None
    share: ShareOfValue | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.value is None) != (self.share is None) or (self.value is not None and self.fee is not None):
            raise ValueError("give a fee, or a value with its share")
        return self

    def price(self, day: date) -> Price | None:
        if self.value is not None and self.share is not None:
            return price_of_share(day, self.value, self.share)
        return None if self.fee is None else Price(valid_from=day, fee=self.fee)


class PositionBody(FeeBody):
    """An object, covered from `first_day` (left out: the contract's start), at a fee a year from that day, or with a
    price for each planned visit.
    """

    position_id: Id
    object_id: Id
    first_day: Day | None = None
    last_day: Day | None = None
    text: Text = ""
    visit_price: Fee | None = None
    cycles: tuple[CycleBody, ...] = ()

    def position(self, kind: Kind, start: date) -> Position:
        day = self.first_day or start
        prices = () if (price := self.price(day)) is None else (price,)
        visits = () if self.visit_price is None else (VisitPrice(valid_from=day, amount=self.visit_price),)
        plans = (plan_of(self.cycles, kind, day),) if self.cycles else ()
        told = self.model_dump(include={"position_id", "object_id", "last_day", "text"})
        return Position(**told, first_day=day, prices=prices, visit_prices=visits, plans=plans)


def plan_of(cycles: tuple[CycleBody, ...], kind: Kind, day: date) -> CyclePlan:
    return CyclePlan(valid_from=day, cycles=tuple(cycle.cycle(kind) for cycle in cycles))


class CoverageBody(Body):
    """Which orders the fee bears, in how many visits a contract year (null: all planned ones), and its shares (R9)."""

    order_types: tuple[str, ...] = ("maintenance",)
    visits: int | None = Field(default=None, ge=0, le=1000)
    shares: Shares = Shares()

    def coverage(self, day: date) -> Coverage:
        return Coverage(valid_from=day, order_types=self.order_types, visits=self.visits, shares=self.shares)


class ReactionBody(Reaction):
    """How soon a technician arrives for orders of a priority, over the hours of a named calendar (R7)."""

    priority: Id = "normal"
    calendar: Id = "standard"


class BillingBody(Body):
    every_months: Months = 12
    anchor: Day | None = None
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: Days = 0

    def billing(self, start: date) -> Billing:
        return Billing.model_validate({**self.model_dump(), "anchor": self.anchor or start})


class NewContract(Body):
    """All that is agreed. `recorded` is the day on which it became known, left out: the business day."""

    number: Id
    kind: Kind
    debtor_id: Id
    contact_id: Id | None = None
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "CHF"
    start: Day
    end: Day | None = None
    billing: BillingBody = BillingBody()
    positions: tuple[PositionBody, ...] = Field(min_length=1)
    coverage: CoverageBody | None = None
    reactions: tuple[ReactionBody, ...] = ()
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"
    anchored_to: Literal["nominal", "completed"] = "nominal"
    suspended_fee: Literal["not_due", "due"] = "not_due"
    notice: Notice | None = None
    recorded: Day | None = None

    def terms(self) -> Terms:
        return Terms.model_validate({**self.model_dump(include=CHOSEN), **self.parts()})

    def parts(self) -> dict[str, Any]:
        return {
            "contract_number": self.number,
            "parties": Parties(debtor_id=self.debtor_id, contact_id=self.contact_id),
            "billing": self.billing.billing(self.start),
            "positions": [position.position(self.kind, self.start) for position in self.positions],
            "coverages": [self.coverage.coverage(self.start)] if self.coverage else [],
            "reactions": [Reaction(**reaction.model_dump()) for reaction in self.reactions],
        }
