"""Every service that the contract promises falls due once, prepared so many days ahead (R6, S73, B7)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from json import dumps
from uuid import UUID, uuid5

from pydantic import BaseModel

from carnet.contracts.domain.terms import Kind, Position, Version
from carnet.contracts.domain.timetable import Closed, Key, Slot, slots

OCCURRENCES = UUID("7a4ad9f5-6c1e-5f0b-9d39-7d0a3a1f2c55")


def occurrence_id(contract_id: str, key: Key) -> str:
    """The same contract and key always give the same id; it is also the name of the occurrence's stream."""
    return str(uuid5(OCCURRENCES, dumps([contract_id, *key])))


class Visit(BaseModel, frozen=True):
    """One promised service with all that planning it needs; it also does what it absorbs."""

    occurrence_id: str
    contract_id: str
    version: int
    kind: Kind
    key: Key
    absorbs: tuple[Key, ...] = ()
    object_id: str
    debtor_id: str
    contact_id: str | None = None
    service: str
    due_on: date
    prepare_on: date
    tolerance_days: int
    persons: int
    skills: tuple[str, ...]
    equipment: tuple[str, ...]
    minutes: int | None = None


def promised(version: Version, first: date, last: date, closed: Closed | None = None) -> list[Visit]:
    """All visits due from the first day to the last, by date; where the completed date is the anchor, those
    after an open one are expected as if it were done on its due date (B6, B7).
    """
    return [visit for visit, _ in _visits(version, last, closed or {}) if first <= visit.due_on]


def due_occurrences(
    version: Version, up_to: date, raised: Collection[Key] = (), closed: Closed | None = None
) -> list[Visit]:
    """What the run of a day has to raise: everything to prepare up to it that was not yet raised (S73)."""
    visits = _visits(version, up_to + _longest_preparation(version), closed or {})
    return [visit for visit, firm in visits if firm and visit.prepare_on <= up_to and visit.key not in raised]


def lapsed(version: Version, open_visits: Mapping[Key, date], closed: Closed | None = None) -> list[Key]:
    """The open occurrences (with their due dates) that the newest version promises no more: excuse them."""
    last = max(open_visits.values(), default=version.terms.start)
    still = {visit.key for visit, _ in _visits(version, last, closed or {})}
    return sorted(key for key in open_visits if key not in still)


def _longest_preparation(version: Version) -> timedelta:
    cycles = [cycle for position in version.terms.positions for plan in position.plans for cycle in plan.cycles]
    return timedelta(days=max((cycle.prepare_days_before for cycle in cycles), default=0))


def _visits(version: Version, last: date, closed: Closed) -> list[tuple[Visit, bool]]:
    found = [visit for position in version.terms.positions for visit in _of(version, position, last, closed)]
    return sorted(found, key=lambda visit: (visit[0].due_on, visit[0].key))


def _of(version: Version, position: Position, last: date, closed: Closed) -> list[tuple[Visit, bool]]:
    """The visits of one position, each with whether its date is firm."""
    dates = slots(version.terms, position, last, closed)
    own = [slot for slot in dates if slot.absorbed_by is None and slot.due_on <= last]
    return [(_visit(version, position, slot, dates), slot.firm) for slot in own]


def _visit(version: Version, position: Position, slot: Slot, dates: list[Slot]) -> Visit:
    cycle = slot.cycle
    return Visit(
        occurrence_id=occurrence_id(version.contract_id, slot.key),
        contract_id=version.contract_id,
        version=version.number,
        kind=version.terms.kind,
        key=slot.key,
        absorbs=tuple(other.key for other in dates if other.absorbed_by == slot.key),
        object_id=position.object_id,
        debtor_id=version.terms.parties.debtor_id,
        contact_id=version.terms.parties.contact_id,
        service=cycle.service,
        due_on=slot.due_on,
        prepare_on=slot.due_on - timedelta(days=cycle.prepare_days_before),
        tolerance_days=cycle.tolerance_days,
        persons=cycle.persons,
        skills=cycle.skills,
        equipment=cycle.equipment,
        minutes=cycle.minutes,
    )
