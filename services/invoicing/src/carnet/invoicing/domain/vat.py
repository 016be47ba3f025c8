"""The VAT rate follows from the day of the service, never from the day of the invoice (R3)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel

from carnet.kernel.decider import Rejected

STANDARD: Final = "standard"
DecidedBy: TypeAlias = Literal["default", "article", "place", "debtor"]
"""What decided a tax code; a contract's fee, which has no article, has the standard one by default."""


class VatRate(BaseModel, frozen=True):
    """A rate in percent that holds from a day until the next one, by the tax code that it belongs to."""

    valid_from: date
    rate: Decimal
    code: str = STANDARD
    decided_by: DecidedBy = "default"


VatTable: TypeAlias = Sequence[VatRate]


class Stretch(NamedTuple):
    """Days with one rate; `since` is the first day of the rate itself."""

    first_day: date
    last_day: date
    since: date
    rate: Decimal
    code: str = STANDARD
    decided_by: DecidedBy = "default"


def rate_on(table: VatTable, day: date) -> VatRate:
    """The rate of a service day; refuses a day before the first rate."""
    held = [entry for entry in _changes(table) if entry.valid_from <= day]
    if not held:
        code = min(table, key=lambda entry: entry.valid_from).code if table else STANDARD
        raise Rejected(
            "Enter a VAT rate that holds on {day} for the tax code {code}: the first one starts later.",
            day=day,
            code=code,
        )
    return held[-1]


def stretches(table: VatTable, first_day: date, last_day: date) -> list[Stretch]:
    """Cut days into stretches of one rate; days before the first rate belong to none."""
    changes = _changes(table)
    ends = [later.valid_from - timedelta(days=1) for later in changes[1:]] + [date.max]
    return [
        Stretch(
            first_day=max(entry.valid_from, first_day),
            last_day=min(end, last_day),
            since=entry.valid_from,
            rate=entry.rate,
            code=entry.code,
            decided_by=entry.decided_by,
        )
        for entry, end in zip(changes, ends, strict=True)
        if entry.valid_from <= last_day and end >= first_day
    ]


def _changes(table: VatTable) -> list[VatRate]:
    """The entries by date, without those that change nothing."""
    entries = sorted(table, key=lambda entry: entry.valid_from)
    return [e for n, e in enumerate(entries) if n == 0 or (e.rate, e.code) != _taxed(entries[n - 1])]


def _taxed(entry: VatRate) -> tuple[Decimal, str]:
    return entry.rate, entry.code
