"""The cover of a position in a period: which days are covered, at which price and under which VAT rate."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias

from pydantic import BaseModel

from carnet.invoicing.domain.periods import ONE_DAY, Period, days
from carnet.invoicing.domain.terms import ContractTerms, Position, covered_days, days_with_a_fee
from carnet.invoicing.domain.vat import STANDARD, DecidedBy, Stretch, VatTable, rate_on, stretches


class Segment(BaseModel, frozen=True):
    """Covered days, both ends included, with one annual fee and one VAT rate (that holds `since` a day) by a code."""

    first_day: date
    last_day: date
    fee: Decimal
    rate: Decimal
    since: date
    code: str = STANDARD
    decided_by: DecidedBy = "default"

    @property
    def days(self) -> int:
        return days(self.first_day, self.last_day)


Cover: TypeAlias = tuple[Segment, ...]
Span: TypeAlias = tuple[date, date]


def cover(terms: ContractTerms, position: Position, period: Period, table: VatTable) -> Cover:
    """The covered days of a position within a period; empty when there are none."""
    within = _within(terms, position, period)
    if within is None:
        return ()
    first_day, last_day = within
    rate_on(table, first_day)
    return tuple(
        Segment(first_day=a, last_day=b, fee=fee, **taxed(stretch))
        for stretch in stretches(table, first_day, last_day)
        for first, last in days_with_a_fee(terms, stretch.first_day, stretch.last_day)
        for a, b, fee in _priced(position, first, last)
    )


def taxed(stretch: Stretch) -> dict[str, Any]:
    return {name: getattr(stretch, name) for name in ("rate", "since", "code", "decided_by")}


def changed_days(before: Cover, after: Cover, within: Span) -> Span | None:
    """First and last of the days whose cover or price differs, or None."""
    cuts = sorted({within[0], within[1] + ONE_DAY, *_cuts(before, within), *_cuts(after, within)})
    changed = [
        (first, following - ONE_DAY)
        for first, following in pairwise(cuts)
        if _fee_on(before, first) != _fee_on(after, first)
    ]
    return (changed[0][0], changed[-1][1]) if changed else None


def span(segments: Sequence[Segment]) -> Span | None:
    """First and last covered day, or None."""
    return (segments[0].first_day, segments[-1].last_day) if segments else None


def _within(terms: ContractTerms, position: Position, period: Period) -> Span | None:
    covered = covered_days(terms, position)
    if covered is None or covered[0] > period.last_day or covered[1] < period.first_day:
        return None
    last_day = period.last_day if terms.refund == "none" else min(covered[1], period.last_day)
    return max(covered[0], period.first_day), last_day


def _priced(position: Position, first_day: date, last_day: date) -> list[tuple[date, date, Decimal]]:
    fees = {price.valid_from: price.fee for price in position.prices}  # the later entry of a day replaces
    starts = sorted(fees)
    ends = [following - ONE_DAY for following in starts[1:]] + [date.max]
    return [
        (max(start, first_day), min(end, last_day), fees[start])
        for start, end in zip(starts, ends, strict=True)
        if start <= last_day and end >= first_day
    ]


def _cuts(segments: Cover, within: Span) -> list[date]:
    edges = [edge for s in segments for edge in (s.first_day, s.last_day + ONE_DAY)]
    return [edge for edge in edges if within[0] < edge <= within[1]]


def _fee_on(segments: Cover, day: date) -> Decimal | None:
    return next((s.fee for s in segments if s.first_day <= day <= s.last_day), None)
