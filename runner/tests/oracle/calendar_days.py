"""Days and periods of the oracle, one day at a time (R6)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)


def month_days(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def occurrence(anchor: date, months: int) -> date:
    """Give the anchor so many months later, clamped to the month's end."""
    year, month = anchor.year, anchor.month + months
    while month > 12:
        year, month = year + 1, month - 12
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def periods(anchor: date, every_months: int) -> Iterator[tuple[date, date]]:
    """Give the first and last day of each period, from the anchor on, without end."""
    k = 0
    while True:
        yield occurrence(anchor, k * every_months), occurrence(anchor, (k + 1) * every_months) - DAY
        k += 1
