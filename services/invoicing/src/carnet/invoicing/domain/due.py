"""What is due for a position and a period is one exact fraction, rounded once, then split over the VAT rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from carnet.invoicing.domain.cover import Cover, Segment
from carnet.invoicing.domain.money import NOTHING, to_cent
from carnet.invoicing.domain.periods import Billing, Period, month_share

Basis: TypeAlias = Literal["days", "months"]


class Rate(NamedTuple):
    """A VAT rate in percent and the first day on which it holds."""

    since: date
    rate: Decimal


class Part(NamedTuple):
    """The part of a due amount at one rate; `fraction` is None for the last rate, which takes the rest."""

    amount: Decimal
    fraction: Fraction | None


class Due(NamedTuple):
    """What is due, with its proof: the exact fraction, the basis of the split, the parts per rate."""

    amount: Decimal
    fraction: Fraction
    basis: Basis
    parts: dict[Rate, Part]


def due(billing: Billing, proration: Basis, period: Period, cover: Cover) -> Due:
    """Sum(annual fee x months x share of the period) / 12, rounded half-up once (R1), split by rate (R3)."""
    basis: Basis = "days" if proration == "days" or not period.is_whole_months else "months"
    fraction = _exact(billing, basis, period, cover)
    amount = to_cent(fraction)
    split_by = _split_basis(period, cover)
    return Due(amount, fraction, split_by, _split(billing, split_by, period, cover, amount))


def _exact(billing: Billing, basis: Basis, period: Period, segments: Cover) -> Fraction:
    if basis == "days":
        weighed = sum((s.fee * s.days for s in segments), Decimal(0))
        return Fraction(weighed) * Fraction(billing.every_months, 12 * period.days)
    shares = (Fraction(s.fee) * month_share(s.first_day, s.last_day) for s in segments)
    return sum(shares, Fraction(0)) / 12


def _split_basis(period: Period, cover: Cover) -> Basis:
    on_firsts = all(s.since.day == 1 for s in cover if s.since > period.first_day)
    return "months" if period.is_whole_months and on_firsts else "days"


def _split(billing: Billing, basis: Basis, period: Period, cover: Cover, amount: Decimal) -> dict[Rate, Part]:
    by_rate: dict[Rate, list[Segment]] = {}
    for segment in cover:
        by_rate.setdefault(Rate(segment.since, segment.rate), []).append(segment)
    parts: dict[Rate, Part] = {}
    for rate in list(by_rate)[:-1]:
        fraction = _exact(billing, basis, period, tuple(by_rate[rate]))
        parts[rate] = Part(to_cent(fraction), fraction)
    rest = amount - sum((part.amount for part in parts.values()), NOTHING)
    return parts | {rate: Part(rest, None) for rate in list(by_rate)[-1:]}
