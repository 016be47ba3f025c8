"""A service comes back at a fixed interval, counted from its anchor and never from the last visit (R6)."""

from calendar import monthrange
from datetime import date, datetime, time

from carnet.contracts.domain.wall_clock import instant


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, at the latest that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def occurrence(anchor: date, every_months: int, k: int) -> date:
    """Occurrence k (0 is the anchor) = anchor + k x interval, clamped to the month's end."""
    return add_months(anchor, k * every_months)


def occurrence_at(anchor: date, every_months: int, k: int, at: time, zone: str) -> datetime:
    """UTC instant of occurrence k at a wall-clock time in a zone."""
    return instant(occurrence(anchor, every_months, k), at, zone)


def contract_year(start: date, day: date) -> date:
    """First day of the contract year (an anniversary of the start) in which the day lies (R9)."""
    years = day.year - start.year
    first = add_months(start, 12 * years)
    return first if first <= day else add_months(start, 12 * (years - 1))
