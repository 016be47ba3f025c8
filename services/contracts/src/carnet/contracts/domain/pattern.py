"""What contracts of one template have in common: all but their parties, dates and objects (S15, S66)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from carnet.contracts.domain.terms import Cycle, Id, Kind, Notice, Reaction, Shares


class CyclePattern(BaseModel, frozen=True):
    """A service that comes back, first due so many days after the contract's start."""

    cycle_id: Id
    service: Id
    every_months: int = Field(ge=1, le=1200)
    first_after_days: int = Field(default=0, ge=0, le=3660)
    persons: int = Field(default=1, ge=1, le=50)
    minutes: int | None = Field(default=None, ge=1, le=6000)
    skills: tuple[Id, ...] = ()
    equipment: tuple[Id, ...] = ()
    tolerance_days: int = Field(default=0, ge=0, le=3660)
    prepare_days_before: int = Field(default=30, ge=0, le=3660)
    absorbs_within_tolerance: bool = False

    def cycle(self, start: date) -> Cycle:
        anchor = start + timedelta(days=self.first_after_days)
        return Cycle(**self.model_dump(exclude={"first_after_days"}), anchor=anchor)


class CoveragePattern(BaseModel, frozen=True):
    order_types: tuple[str, ...] = ("maintenance",)
    visits: int | None = Field(default=None, ge=0, le=1000)
    shares: Shares = Shares()


class Pattern(BaseModel, frozen=True):
    """What every contract made of it begins with: `fee` a year and `visit_price` a planned visit, for each object;
    `term_months` None: no end.
    """

    kind: Kind
    currency: str = Field(default="CHF", pattern="^[A-Z]{3}$")
    every_months: int = Field(default=12, ge=1, le=1200)
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: int = Field(default=0, ge=0, le=3660)
    term_months: int | None = Field(default=None, ge=1, le=1200)
    fee: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    visit_price: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    cycles: tuple[CyclePattern, ...] = ()
    coverage: CoveragePattern | None = None
    reactions: tuple[Reaction, ...] = ()
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"
    anchored_to: Literal["nominal", "completed"] = "nominal"
    suspended_fee: Literal["not_due", "due"] = "not_due"
    notice: Notice | None = None
