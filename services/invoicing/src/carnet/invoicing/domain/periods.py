"""Service periods are counted in months from the contract's anchor, clamped to the end of short months (R6)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Literal

from pydantic import BaseModel, Field

ONE_DAY = timedelta(days=1)


class Billing(BaseModel, frozen=True):
    """How often a contract is billed, counted from `anchor`, and when a period falls due."""

    every_months: int = Field(ge=1)
    anchor: date
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: int = Field(default=0, ge=0)


class Period(BaseModel, frozen=True):
    """A service period, both ends included."""

    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        return days(self.first_day, self.last_day)

    @property
    def is_whole_months(self) -> bool:
        """Whether it starts on the first and ends with the last day of a month."""
        return self.first_day.day == 1 and (self.last_day + ONE_DAY).day == 1


def days(first_day: date, last_day: date) -> int:
    """Days from one to the other, both included."""
    return (last_day - first_day).days + 1


def months_after(anchor: date, months: int) -> date:
    """The same day of the month, `months` later, clamped to the month's end."""
    year, month0 = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month0 + 1, min(anchor.day, monthrange(year, month0 + 1)[1]))


def month_share(first_day: date, last_day: date) -> Fraction:
    """Days counted in months, where a day is one part of its own month's days."""
    share, day = Fraction(0), first_day
    while day <= last_day:
        length = monthrange(day.year, day.month)[1]
        month_end = min(day.replace(day=length), last_day)
        share += Fraction(days(day, month_end), length)
        day = month_end + ONE_DAY
    return share


def period(billing: Billing, k: int) -> Period:
    """Service period k = 0, 1, 2 … from the anchor."""
    return Period(
        first_day=months_after(billing.anchor, k * billing.every_months),
        last_day=months_after(billing.anchor, (k + 1) * billing.every_months) - ONE_DAY,
    )


def due_on(billing: Billing, service: Period) -> date:
    """The day on which a period falls due: its first day, or the day after its last one (in arrears)."""
    day = service.first_day if billing.timing == "in_advance" else service.last_day + ONE_DAY
    return day - timedelta(days=billing.bill_days_before)


def periods_due(billing: Billing, run_date: date) -> Iterator[Period]:
    """Every period that a run of this date reaches, oldest first."""
    for k in count():
        service = period(billing, k)
        if due_on(billing, service) > run_date:
            return
        yield service
