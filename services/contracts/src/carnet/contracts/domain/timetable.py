"""The dates of a position's cycles; a longer cycle absorbs the shorter one of the same date (R6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Literal, NamedTuple, TypeAlias

from carnet.contracts.domain.cycles import add_months, occurrence
from carnet.contracts.domain.terms import Cycle, Position, Suspension, Terms, in_force, last_covered_day, suspended


class Key(NamedTuple):
    """The identity of an occurrence within its contract: whatever else changes, it is raised once."""

    position_id: str
    cycle_id: str
    k: int


Closed: TypeAlias = Mapping[Key, date]  # done on the day of the work; skipped or excused on the due date


@dataclass(frozen=True)
class Slot:
    """A date of a cycle; `firm` once it no longer depends on work that is still to be done."""

    key: Key
    cycle: Cycle
    due_on: date
    firm: bool
    absorbed_by: Key | None


@dataclass(frozen=True)
class Scope:
    """One position, up to a day, in the light of what was done."""

    position: Position
    anchored_to: Literal["nominal", "completed"]
    suspensions: tuple[Suspension, ...]
    until: date
    closed: Closed


def slots(terms: Terms, position: Position, last: date, closed: Closed) -> list[Slot]:
    """All dates of a position up to the last, and those just after it that may absorb one before."""
    scope = Scope(position, terms.anchored_to, terms.suspensions, _until(terms, position, last), closed)
    found: list[Slot] = []
    for rhythm in _longest_first(position):
        longer = [slot for slot in found if slot.cycle.every_months > rhythm.every_months]
        found += _dates(scope, rhythm, longer)
    return found


def _longest_first(position: Position) -> list[Cycle]:
    cycles = {cycle.cycle_id: cycle for plan in position.plans for cycle in plan.cycles}
    return sorted(cycles.values(), key=lambda cycle: (-cycle.every_months, cycle.cycle_id))


def _until(terms: Terms, position: Position, last: date) -> date:
    tolerances = [cycle.tolerance_days for plan in position.plans for cycle in plan.cycles]
    reach = last + timedelta(days=max(tolerances, default=0))
    return min(reach, last_covered_day(terms, position) or reach)


def _dates(scope: Scope, rhythm: Cycle, longer: Sequence[Slot]) -> Iterator[Slot]:
    before: date | None = None
    firm = True
    for k in count():
        due_on = _due(scope, rhythm, k, before)
        if due_on > scope.until:
            return
        cycle = _planned(scope.position, rhythm.cycle_id, due_on)
        if cycle is None or suspended(scope.suspensions, due_on):
            before = before and due_on
            continue
        slot = Slot(Key(scope.position.position_id, rhythm.cycle_id, k), cycle, due_on, firm, _absorber(longer, due_on))
        yield slot
        closed_on = scope.closed.get(slot.absorbed_by or slot.key)
        before, firm = closed_on or due_on, scope.anchored_to == "nominal" or closed_on is not None


def _due(scope: Scope, rhythm: Cycle, k: int, before: date | None) -> date:
    """The nominal date, or an interval after the one before where the contract follows completed dates."""
    if scope.anchored_to == "nominal" or before is None:
        return occurrence(rhythm.anchor, rhythm.every_months, k)
    return add_months(before, rhythm.every_months)


def _planned(position: Position, cycle_id: str, day: date) -> Cycle | None:
    plan = in_force(position.plans, day)  # none is dated before the first covered day
    return next((cycle for cycle in plan.cycles if cycle.cycle_id == cycle_id), None) if plan else None


def _absorber(longer: Sequence[Slot], due_on: date) -> Key | None:
    return next((slot.key for slot in longer if slot.absorbed_by is None and _reaches(slot, due_on)), None)


def _reaches(slot: Slot, due_on: date) -> bool:
    days = slot.cycle.tolerance_days if slot.cycle.absorbs_within_tolerance else 0
    return abs((slot.due_on - due_on).days) <= days
