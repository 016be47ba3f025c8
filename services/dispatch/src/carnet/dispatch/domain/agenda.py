"""In a week, a technician or a piece of equipment is booked for one order at a time, and never while away.

One stream for each of them and each ISO week (UTC); `whose` is the id of the technician or the equipment. A visit or an
absence that goes over several weeks stands whole on each of them, so that two that overlap always meet on one agenda.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar, assert_never

from pydantic import BaseModel

from carnet.dispatch.domain.entries import AWAY, Absence, Visit
from carnet.dispatch.domain.times import Span
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.sentence import Sentence


class Booked(BaseModel, frozen=True):
    type: Literal["booked.v1"] = "booked.v1"
    whose: str
    visit: Visit


class Released(BaseModel, frozen=True):
    type: Literal["released.v1"] = "released.v1"
    whose: str
    visit_id: str


class Blocked(BaseModel, frozen=True):
    type: Literal["blocked.v1"] = "blocked.v1"
    whose: str
    absence: Absence


class Unblocked(BaseModel, frozen=True):
    type: Literal["unblocked.v1"] = "unblocked.v1"
    whose: str
    absence_id: str


class PlanConflicted(BaseModel, frozen=True):
    """An absence came over a booking; the order is to be planned anew."""

    type: Literal["plan-conflicted.v1"] = "plan-conflicted.v1"
    whose: str
    visit_id: str
    order_id: str
    absence_id: str


class Book(BaseModel, frozen=True):
    """`name` and the `zone` of the wall clock are for the sentence of a refusal and are not kept."""

    whose: str
    name: str
    visit: Visit
    zone: str = "Europe/Zurich"


class Release(BaseModel, frozen=True):
    whose: str
    visit_id: str


class Block(BaseModel, frozen=True):
    whose: str
    absence: Absence


class Unblock(BaseModel, frozen=True):
    whose: str
    absence_id: str


Event: TypeAlias = Booked | Released | Blocked | Unblocked | PlanConflicted
Command: TypeAlias = Book | Release | Block | Unblock

Entry = TypeVar("Entry", Visit, Absence)


@dataclass(frozen=True)
class Agenda:
    bookings: Mapping[str, Visit] = field(default_factory=dict)
    absences: Mapping[str, Absence] = field(default_factory=dict)

    def refusal(self, span: Span, name: str, zone: str, order_id: str | None = None) -> str | None:
        """Say why the time is not free; an order's own booking is not in its way, it is being moved."""
        reasons = (
            Sentence("{name} is {reason}", name=name, reason=reason) for reason in self.busy(span, zone, order_id)
        )
        return next(reasons, None)

    def busy(self, span: Span, zone: str, order_id: str | None = None) -> Iterator[str]:
        """Give what fills the span: "on military service from 8 to 26 June", "already booked on 10 June …"."""
        for absence in self.absences.values():
            if absence.overlaps(span):
                yield Sentence("{away} {span}", away=AWAY[absence.kind], span=absence.spoken(zone))
        for visit in self.bookings.values():
            if visit.overlaps(span) and visit.order_id != order_id:
                yield Sentence("already booked {span}", span=visit.spoken(zone))


def book(command: Book, agenda: Agenda) -> list[Event]:
    visit = command.visit
    if visit.visit_id in agenda.bookings:
        return []
    if refusal := agenda.refusal(visit, command.name, command.zone, visit.order_id):
        raise Rejected("{busy}; choose someone else or another day.", busy=refusal)
    return [Booked(whose=command.whose, visit=visit)]


def release(command: Release, agenda: Agenda) -> list[Event]:
    known = command.visit_id in agenda.bookings
    return [Released(whose=command.whose, visit_id=command.visit_id)] if known else []


def block(command: Block, agenda: Agenda) -> list[Event]:
    absence, who = command.absence, command.whose
    if agenda.absences.get(absence.absence_id) == absence:
        return []
    return [Blocked(whose=who, absence=absence), *conflicts(who, absence, agenda)]


def conflicts(who: str, absence: Absence, agenda: Agenda) -> Iterator[PlanConflicted]:
    for visit in agenda.bookings.values():
        if visit.overlaps(absence):
            yield PlanConflicted(
                whose=who, visit_id=visit.visit_id, order_id=visit.order_id, absence_id=absence.absence_id
            )


def unblock(command: Unblock, agenda: Agenda) -> list[Event]:
    known = command.absence_id in agenda.absences
    return [Unblocked(whose=command.whose, absence_id=command.absence_id)] if known else []


def decide(command: Command, state: Agenda) -> list[Event]:
    match command:
        case Book():
            return book(command, state)
        case Release():
            return release(command, state)
        case Block():
            return block(command, state)
        case Unblock():
            return unblock(command, state)
        case _:
            assert_never(command)


def evolve(state: Agenda, event: Event) -> Agenda:
    match event:
        case Booked(visit=visit):
            return replace(state, bookings={**state.bookings, visit.visit_id: visit})
        case Released(visit_id=visit_id):
            return replace(state, bookings=without(state.bookings, visit_id))
        case Blocked(absence=absence):
            return replace(state, absences={**state.absences, absence.absence_id: absence})
        case Unblocked(absence_id=absence_id):
            return replace(state, absences=without(state.absences, absence_id))
        case PlanConflicted():
            return state
        case _:
            assert_never(event)


def without(entries: Mapping[str, Entry], key: str) -> dict[str, Entry]:
    return {each: entry for each, entry in entries.items() if each != key}


agenda = Decider[Command, Agenda, Event](initial=Agenda(), decide=decide, evolve=evolve)
