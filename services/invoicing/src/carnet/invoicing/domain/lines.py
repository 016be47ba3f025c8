"""What a run bills is what is due minus what is billed, per position, period and VAT rate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from carnet.invoicing.domain.cover import Cover, Span, changed_days, cover, span
from carnet.invoicing.domain.due import Due, Part, Rate, due
from carnet.invoicing.domain.fee_line import Billed, FeeLine, Key, Place, Proof, Reached
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.domain.periods import Period, periods_due
from carnet.invoicing.domain.terms import ContractTerms, Position
from carnet.invoicing.domain.vat import VatTable


@dataclass(frozen=True)
class Reach:
    """A position in a period that a run reaches: its cover at the last run and now."""

    terms: ContractTerms
    position: Position
    period: Period
    before: Cover
    cover: Cover

    @property
    def place(self) -> Place:
        return self.position.position_id, self.period.first_day

    @property
    def days(self) -> Span:
        return self.period.first_day, self.period.last_day

    @property
    def now(self) -> Reached:
        return Reached(
            position_id=self.position.position_id,
            period_start=self.period.first_day,
            proration=self.terms.proration,
            cover=self.cover,
        )


def reaches(
    terms: ContractTerms, run_date: date, table: VatTable, billed: Billed, tables: Mapping[str, VatTable]
) -> Iterator[Reach]:
    """Every position and period due by the run date that changed since it was last reached, oldest first.

    `tables` gives the rates of positions that have their own (R3).
    A subscription is billed after its work, never from here (R4).
    """
    if terms.kind == "subscription":
        return
    positions = sorted(terms.positions, key=lambda position: position.position_id)
    for period in periods_due(terms.billing, run_date):
        for position in positions:
            reach = _reach(terms, position, period, tables.get(position.position_id, table), billed)
            if _differs(reach, billed):
                yield reach


def lines(reach: Reach, billed: Billed) -> Iterator[FeeLine]:
    """Due minus billed for one position and period, a line per VAT rate; a negative net is to be credited."""
    owed = due(reach.terms.billing, reach.terms.proration, reach.period, reach.cover)
    billed_rates = {key.rate for key in billed.amounts if key[:2] == reach.place}
    for rate in sorted({*owed.parts, *billed_rates}):
        before = billed.amounts.get(Key(*reach.place, rate), NOTHING)
        part = owed.parts.get(rate, Part(NOTHING, None))
        if part.amount != before:
            yield _line(reach, rate, billed, owed, part)


def _reach(terms: ContractTerms, position: Position, period: Period, table: VatTable, billed: Billed) -> Reach:
    last = billed.reached.get((position.position_id, period.first_day))
    now = cover(terms, position, period, table)
    return Reach(terms, position, period, last.cover if last else (), now)


def _differs(reach: Reach, billed: Billed) -> bool:
    if reach.place not in billed.reached:
        return reach.cover != ()
    return billed.reached[reach.place] != reach.now


def _line(reach: Reach, rate: Rate, billed: Billed, owed: Due, part: Part) -> FeeLine:
    key = Key(*reach.place, rate)
    before = billed.amounts.get(key, NOTHING)
    first_day, last_day = _line_days(reach, rate) or billed.claimed(key) or reach.days
    return FeeLine(
        position_id=reach.position.position_id,
        object_id=reach.position.object_id,
        text=reach.position.text,
        period=reach.period,
        rate_since=rate.since,
        vat_rate=rate.rate,
        **_taxed(rate, reach),
        first_day=first_day,
        last_day=last_day,
        net=part.amount - before,
        proof=_proof(reach, owed, part, before),
    )


def _line_days(reach: Reach, rate: Rate) -> Span | None:
    """The changed days within the rate; all covered ones where only the rest of the split moved.

    None where nothing is covered any more: a credit that is made again after a void.
    """
    before, now = _at(rate, reach.before), _at(rate, reach.cover)
    if not before:
        return span(now)
    return changed_days(before, now, reach.days) or span(now)


def _taxed(rate: Rate, reach: Reach) -> dict[str, Any]:
    """The tax code of a rate and what decided it; as at the last run where nothing of it is covered any more."""
    segments = (*_at(rate, reach.cover), *_at(rate, reach.before))
    return next(({"tax_code": each.code, "tax_decided_by": each.decided_by} for each in segments), {})


def _at(rate: Rate, segments: Cover) -> Cover:
    return tuple(s for s in segments if (s.since, s.rate) == rate)


def _proof(reach: Reach, owed: Due, part: Part, before: Decimal) -> Proof:
    return Proof(
        contract_version=reach.terms.version,
        every_months=reach.terms.billing.every_months,
        period_days=reach.period.days,
        segments=reach.cover,
        proration=reach.terms.proration,
        split=owed.basis,
        fraction=str(owed.fraction),
        due_in_period=owed.amount,
        part=None if part.fraction is None else str(part.fraction),
        due=part.amount,
        billed_before=before,
    )
