"""A technician is away for a time; told again with other dates, or withdrawn, the newest word counts.

The weeks that the absence ever touched are kept, so that its agendas can be brought up to date again and again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.dispatch.domain.entries import Absence
from carnet.kernel.decider import Decider, Rejected

LONGEST = timedelta(days=732)  # two years; each of its weeks is an agenda


class AbsenceRecorded(BaseModel, frozen=True):
    type: Literal["absence-recorded.v1"] = "absence-recorded.v1"
    technician_id: str
    absence: Absence


class AbsenceWithdrawn(BaseModel, frozen=True):
    type: Literal["absence-withdrawn.v1"] = "absence-withdrawn.v1"
    absence_id: str


class Record(BaseModel, frozen=True):
    technician_id: str
    absence: Absence


class Withdraw(BaseModel, frozen=True):
    absence_id: str


Event: TypeAlias = AbsenceRecorded | AbsenceWithdrawn
Command: TypeAlias = Record | Withdraw


@dataclass(frozen=True)
class Away:
    technician_id: str
    absence: Absence | None
    weeks: frozenset[str]


State: TypeAlias = Away | None


def record(command: Record, state: State) -> list[Event]:
    if state and state.technician_id != command.technician_id:
        raise Rejected("This absence is another technician's; withdraw it and give the new one an id of its own.")
    if state and state.absence == command.absence:
        return []
    if command.absence.ends_at - command.absence.starts_at > LONGEST:
        raise Rejected("An absence lasts {days} days at most; tell a longer one in parts.", days=LONGEST.days)
    return [AbsenceRecorded(technician_id=command.technician_id, absence=command.absence)]


def withdraw(command: Withdraw, state: State) -> list[Event]:
    return [AbsenceWithdrawn(absence_id=command.absence_id)] if state and state.absence else []


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Record():
            return record(command, state)
        case Withdraw():
            return withdraw(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case AbsenceRecorded(technician_id=technician_id, absence=absence):
            touched = state.weeks if state else frozenset()
            return Away(technician_id, absence, touched | frozenset(absence.weeks()))
        case AbsenceWithdrawn():
            return state and Away(state.technician_id, None, state.weeks)
        case _:
            assert_never(event)


absence = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
