"""From a template to the terms of a contract, and from terms to what a template keeps of them (S66)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from carnet.contracts.domain.cycles import add_months
from carnet.contracts.domain.pattern import CoveragePattern, CyclePattern, Pattern
from carnet.contracts.domain.template import Template
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Parties,
    Position,
    Price,
    TemplateUsed,
    Terms,
    VisitPrice,
)
from carnet.kernel.decider import Rejected

SHARED = ("kind", "currency", "reactions", "proration", "refund", "anchored_to", "suspended_fee", "notice")
BILLED = {"every_months", "timing", "bill_days_before"}


def terms_from(used: Template, number: str, parties: Parties, start: date, object_ids: Sequence[str]) -> Terms:
    """Terms with one position for each object, from the start on; they name the template's version."""
    pattern = used.pattern
    if used.retired:
        raise Rejected("This template is retired: choose another one.")
    billed = pattern.model_dump(include=BILLED)
    return Terms(
        contract_number=number,
        parties=parties,
        start=start,
        end=_last_day(pattern, start),
        billing=Billing(anchor=start, **billed),
        positions=tuple(_position(pattern, n, each, start) for n, each in enumerate(object_ids, start=1)),
        coverages=(Coverage(valid_from=start, **dict(pattern.coverage)),) if pattern.coverage else (),
        template=TemplateUsed(name=used.name, version=used.version),
        **{name: getattr(pattern, name) for name in SHARED},
    )


def _last_day(pattern: Pattern, start: date) -> date | None:
    return add_months(start, pattern.term_months) - timedelta(days=1) if pattern.term_months else None


def _position(pattern: Pattern, n: int, object_id: str, start: date) -> Position:
    cycles = tuple(cycle.cycle(start) for cycle in pattern.cycles)
    return Position(
        position_id=str(n),
        object_id=object_id,
        first_day=start,
        prices=() if pattern.fee is None else (Price(valid_from=start, fee=pattern.fee),),
        visit_prices=_visit_prices(pattern, start),
        plans=(CyclePlan(valid_from=start, cycles=cycles),) if cycles else (),
    )


def _visit_prices(pattern: Pattern, start: date) -> tuple[VisitPrice, ...]:
    return () if pattern.visit_price is None else (VisitPrice(valid_from=start, amount=pattern.visit_price),)


def pattern_of(terms: Terms) -> Pattern:
    """What terms, as they would be signed, have in common with others: the first position stands for all."""
    first = terms.positions[0]
    plan = first.plans[0].cycles if first.plans else ()
    return Pattern(
        fee=_fee(first),
        visit_price=first.visit_prices[0].amount if first.visit_prices else None,
        cycles=tuple(_cycle_pattern(cycle, terms.start) for cycle in plan),
        coverage=CoveragePattern(**terms.coverages[0].model_dump(exclude={"valid_from"})) if terms.coverages else None,
        term_months=_term_months(terms),
        **terms.billing.model_dump(include=BILLED),
        **{name: getattr(terms, name) for name in SHARED},
    )


def _fee(position: Position) -> Decimal | None:
    """The fee that is the same for every object; a share of one object's value is not."""
    price = position.prices[0] if position.prices else None
    return price.fee if price and price.value is None else None


def _cycle_pattern(cycle: Cycle, start: date) -> CyclePattern:
    days = max(0, (cycle.anchor - start).days)
    return CyclePattern(**cycle.model_dump(exclude={"anchor"}), first_after_days=days)


def _term_months(terms: Terms) -> int | None:
    """The whole months that a term with an end covers, at least one; None without an end."""
    if terms.end is None:
        return None
    after = terms.end + timedelta(days=1)
    months = 12 * (after.year - terms.start.year) + after.month - terms.start.month
    return max(1, months if add_months(terms.start, months) <= after else months - 1)


def made_of(written: Terms, used: Template) -> Terms:
    """Terms that a person wrote with a template at hand; they name its version."""
    if used.retired:
        raise Rejected("This template is retired: choose another one.")
    return written.model_copy(update={"template": TemplateUsed(name=used.name, version=used.version)})
