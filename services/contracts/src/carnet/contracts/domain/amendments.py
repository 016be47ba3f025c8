"""A contract may be amended in any order: each change says from which day it holds (S17, S18, R2)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.agreement import checked
from carnet.contracts.domain.terms import (
    Coverage,
    CyclePlan,
    Id,
    Notice,
    Position,
    Price,
    Suspension,
    Terms,
    Version,
    VisitPrice,
    dated,
)
from carnet.kernel.decider import Rejected


class AddPosition(BaseModel, frozen=True):
    type: Literal["add-position.v1"] = "add-position.v1"
    position: Position


class RemovePosition(BaseModel, frozen=True):
    """The last removal of a position counts, also one to a later day."""

    type: Literal["remove-position.v1"] = "remove-position.v1"
    position_id: Id
    last_day: date


class Reprice(BaseModel, frozen=True):
    type: Literal["reprice.v1"] = "reprice.v1"
    position_id: Id
    price: Price


class RepriceVisit(BaseModel, frozen=True):
    """Each planned visit of a position costs so much from a date on."""

    type: Literal["reprice-visit.v1"] = "reprice-visit.v1"
    position_id: Id
    visit_price: VisitPrice


class ChangeCoverage(BaseModel, frozen=True):
    type: Literal["change-coverage.v1"] = "change-coverage.v1"
    coverage: Coverage


class ChangeCycles(BaseModel, frozen=True):
    """All cycles of a position from a date on; none ends its services."""

    type: Literal["change-cycles.v1"] = "change-cycles.v1"
    position_id: Id
    plan: CyclePlan


class Suspend(BaseModel, frozen=True):
    """A suspension of the same first day takes the place of the one before."""

    type: Literal["suspend.v1"] = "suspend.v1"
    suspension: Suspension


class Resume(BaseModel, frozen=True):
    """The suspension in force ends the day before; on its own first day it never was."""

    type: Literal["resume.v1"] = "resume.v1"
    first_day: date


class ChangeNotice(BaseModel, frozen=True):
    """Another notice, or none, agreed from a day on; the newest one holds for the present term."""

    type: Literal["change-notice.v1"] = "change-notice.v1"
    valid_from: date
    notice: Notice | None


OfTheContract: TypeAlias = ChangeCoverage | ChangeNotice | Suspend | Resume
Change: TypeAlias = Annotated[
    AddPosition | RemovePosition | Reprice | RepriceVisit | ChangeCycles | OfTheContract, Field(discriminator="type")
]


def valid_from(change: Change, terms: Terms) -> date:
    """The first day on which the change makes a difference to the terms."""
    match change:
        case AddPosition(position=position):
            return position.first_day
        case RemovePosition():
            return _leaves_on(change, terms)
        case Reprice(price=price):
            return price.valid_from
        case RepriceVisit(visit_price=price):
            return price.valid_from
        case ChangeCycles(plan=plan):
            return plan.valid_from
        case _:
            return _contract_differs_from(change)


def _contract_differs_from(change: OfTheContract) -> date:
    match change:
        case ChangeCoverage(coverage=coverage):
            return coverage.valid_from
        case ChangeNotice(valid_from=day):
            return day
        case Suspend(suspension=suspension):
            return suspension.first_day
        case Resume(first_day=first_day):
            return first_day
        case _:
            assert_never(change)


def _leaves_on(removal: RemovePosition, terms: Terms) -> date:
    """The day after the earlier of the last days, old and new; the first day of one that was never covered."""
    position = _named(removal.position_id, terms)
    earlier = min(position.last_day or removal.last_day, removal.last_day)
    return max(position.first_day, earlier + timedelta(days=1))


def applied(terms: Terms, change: Change) -> Terms:
    match change:
        case AddPosition(position=position):
            return _added(terms, position)
        case RemovePosition(position_id=position_id, last_day=last_day):
            return _changed(terms, position_id, lambda _: {"last_day": last_day})
        case Reprice(position_id=position_id, price=price):
            return _changed(terms, position_id, lambda p: {"prices": dated(p.prices, price)})
        case RepriceVisit(position_id=position_id, visit_price=visit_price):
            return _changed(terms, position_id, lambda p: {"visit_prices": dated(p.visit_prices, visit_price)})
        case ChangeCycles(position_id=position_id, plan=plan):
            return _changed(terms, position_id, lambda p: {"plans": dated(p.plans, plan)})
        case _:
            return _contract_changed(terms, change)


def _contract_changed(terms: Terms, change: OfTheContract) -> Terms:
    match change:
        case ChangeCoverage(coverage=coverage):
            return terms.model_copy(update={"coverages": dated(terms.coverages, coverage)})
        case ChangeNotice(notice=notice):
            return terms.model_copy(update={"notice": notice})
        case Suspend(suspension=suspension):
            return _suspended(terms, suspension)
        case Resume(first_day=first_day):
            return _resumed(terms, first_day)
        case _:
            assert_never(change)


def amended(version: Version, changes: Sequence[Change], recorded: date) -> Version:
    """The next version after the changes, or `Rejected`; one that changes nothing keeps its terms (B6)."""
    *before, after = accumulate(changes, applied, initial=version.terms)
    holds_from = min(map(valid_from, changes, before))
    return succeeding(version, checked(after), holds_from, recorded)


def succeeding(version: Version, terms: Terms, holds_from: date, recorded: date) -> Version:
    """The version after this one: the whole terms again, under the next number."""
    return Version(
        contract_id=version.contract_id,
        number=version.number + 1,
        valid_from=holds_from,
        recorded=recorded,
        terms=terms,
    )


def _added(terms: Terms, position: Position) -> Terms:
    there = next((p for p in terms.positions if p.position_id == position.position_id), None)
    if there is None:
        return _with(terms, [*terms.positions, position])
    if not _same_beginning(there, position):
        raise Rejected(
            "Position {position} is already in the contract: reprice or remove it.", position=position.position_id
        ).at("position_id")
    return terms


def _same_beginning(there: Position, position: Position) -> bool:
    """Whether this very position was added before, whatever was amended since."""
    return (
        (there.object_id, there.first_day) == (position.object_id, position.first_day)
        and set(position.prices) <= set(there.prices)
        and set(position.visit_prices) <= set(there.visit_prices)
        and set(position.plans) <= set(there.plans)
    )


def _suspended(terms: Terms, suspension: Suspension) -> Terms:
    others = [each for each in terms.suspensions if each.first_day != suspension.first_day]
    both = sorted([*others, suspension], key=lambda each: each.first_day)
    return terms.model_copy(update={"suspensions": tuple(both)})


def _resumed(terms: Terms, first_day: date) -> Terms:
    before = first_day - timedelta(days=1)
    running = next((each for each in terms.suspensions if each.includes(first_day)), None)
    if running is not None:
        return _suspended(terms, Suspension(first_day=running.first_day, last_day=before))
    if any(each.last_day == before for each in terms.suspensions):
        return terms  # resumed on this day before
    raise Rejected("The contract is not suspended on that day: name a day of the suspension.").at("first_day")


def _changed(terms: Terms, position_id: str, update: Callable[[Position], dict[str, object]]) -> Terms:
    position = _named(position_id, terms)
    others = [p for p in terms.positions if p is not position]
    return _with(terms, [*others, position.model_copy(update=update(position))])


def _named(position_id: str, terms: Terms) -> Position:
    position = next((p for p in terms.positions if p.position_id == position_id), None)
    if position is None:
        raise Rejected("The contract has no position {position}: add it first.", position=position_id).at("position_id")
    return position


def _with(terms: Terms, positions: Sequence[Position]) -> Terms:
    return terms.model_copy(update={"positions": tuple(sorted(positions, key=lambda p: p.position_id))})
