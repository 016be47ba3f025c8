"""A template is all of a contract but its parties, dates and objects; changing it changes no contract (S15, S66)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.cycles import add_months
from carnet.contracts.domain.terms import (
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
    TemplateUsed,
    Terms,
    VisitPrice,
)
from carnet.kernel.decider import Decider, Rejected

SHARED = ("kind", "currency", "reactions", "proration", "refund", "anchored_to", "suspended_fee", "notice")
BILLED = {"every_months", "timing", "bill_days_before"}


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


class TemplateKept(BaseModel, frozen=True):
    """A template's whole content, under its next version."""

    type: Literal["template-kept.v1"] = "template-kept.v1"
    name: Id
    version: int = Field(ge=1)
    pattern: Pattern
    recorded: date


class TemplateRetired(BaseModel, frozen=True):
    type: Literal["template-retired.v1"] = "template-retired.v1"
    name: Id
    recorded: date


class KeepTemplate(BaseModel, frozen=True):
    name: Id
    pattern: Pattern
    recorded: date


class RetireTemplate(BaseModel, frozen=True):
    recorded: date


Event: TypeAlias = TemplateKept | TemplateRetired
Command: TypeAlias = KeepTemplate | RetireTemplate


@dataclass(frozen=True)
class Template:
    """The newest version; a retired one is offered to nobody any more."""

    name: str
    version: int
    pattern: Pattern
    retired: bool = False


State: TypeAlias = Template | None


def keep(command: KeepTemplate, state: State) -> list[Event]:
    if state is not None and not state.retired and state.pattern == command.pattern:
        return []
    number = state.version + 1 if state else 1
    return [TemplateKept(name=command.name, version=number, pattern=command.pattern, recorded=command.recorded)]


def retire(command: RetireTemplate, state: State) -> list[Event]:
    if state is None:
        raise Rejected("There is no template of this name: keep one first.")
    return [] if state.retired else [TemplateRetired(name=state.name, recorded=command.recorded)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case KeepTemplate():
            return keep(command, state)
        case RetireTemplate():
            return retire(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case TemplateKept(name=name, version=version, pattern=pattern):
            return Template(name, version, pattern)
        case TemplateRetired():
            return Template(state.name, state.version, state.pattern, retired=True) if state else None
        case _:
            assert_never(event)


template = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)


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


def completed(written: Terms, used: Template) -> Terms:
    """Terms that a person wrote with a template at hand, and what of it no field of the form shows."""
    given = terms_from(used, written.contract_number, written.parties, written.start, ["-"])
    hidden = {"reactions", "proration", "refund", "anchored_to", "suspended_fee", "template"}
    billing = written.billing.model_copy(update={"bill_days_before": given.billing.bill_days_before})
    plan = given.positions[0].plans
    positions = [_completed(position, plan[0].cycles if plan else ()) for position in written.positions]
    update = {name: getattr(given, name) for name in hidden}
    return written.model_copy(update={**update, "billing": billing, "positions": tuple(positions)})


def _completed(position: Position, cycles: tuple[Cycle, ...]) -> Position:
    """The written service keeps its dates and gets skills and equipment; the template's further ones come along."""
    if not position.plans or not cycles:
        return position
    [written], (first, *others) = position.plans[0].cycles, cycles
    told = written.model_copy(
        update=first.model_dump(exclude={"service", "every_months", "anchor", "persons", "minutes"})
    )
    plan = CyclePlan(valid_from=position.first_day, cycles=(told, *others))
    return position.model_copy(update={"plans": (plan,)})
