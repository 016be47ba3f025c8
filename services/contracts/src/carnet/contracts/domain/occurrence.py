"""A promised service falls due once, and is then done, skipped with a reason, or excused."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.contracts.domain.terms import Id, Sentence
from carnet.contracts.domain.visits import Visit
from carnet.kernel.decider import Decider, Rejected


class ServiceDue(BaseModel, frozen=True):
    type: Literal["service-due.v1"] = "service-due.v1"
    visit: Visit
    raised_on: date


class ServiceDone(BaseModel, frozen=True):
    type: Literal["service-done.v1"] = "service-done.v1"
    occurrence_id: Id
    contract_id: Id
    object_id: Id
    order_id: Id
    done_on: date


class ServiceSkipped(BaseModel, frozen=True):
    """Cancelled or declined: nothing is billed (R4)."""

    type: Literal["service-skipped.v1"] = "service-skipped.v1"
    occurrence_id: Id
    contract_id: Id
    object_id: Id
    reason: Sentence
    skipped_on: date


class ObligationExcused(BaseModel, frozen=True):
    """No longer owed, because its position or its contract ended before it was due."""

    type: Literal["obligation-excused.v1"] = "obligation-excused.v1"
    occurrence_id: Id
    contract_id: Id
    object_id: Id
    reason: Sentence
    excused_on: date


class Raise(BaseModel, frozen=True):
    """The run of the day `raised_on` found the visit due."""

    visit: Visit
    raised_on: date


class Complete(BaseModel, frozen=True):
    """The order was completed; a corrected day replaces the first."""

    order_id: Id
    done_on: date


class Skip(BaseModel, frozen=True):
    reason: Sentence
    skipped_on: date


class Excuse(BaseModel, frozen=True):
    reason: Sentence
    excused_on: date


Event: TypeAlias = ServiceDue | ServiceDone | ServiceSkipped | ObligationExcused
Command: TypeAlias = Raise | Complete | Skip | Excuse
Outcome: TypeAlias = ServiceDone | ServiceSkipped | ObligationExcused


@dataclass(frozen=True)
class Occurrence:
    visit: Visit
    outcome: Outcome | None = None  # the last one; open while there is none


State: TypeAlias = Occurrence | None


def raise_(command: Raise, state: State) -> list[Event]:
    return [] if state else [ServiceDue(visit=command.visit, raised_on=command.raised_on)]


def complete(command: Complete, state: Occurrence) -> list[Event]:
    """Work counts also after the service was given up: what is done is done."""
    done = ServiceDone(**of(state.visit), order_id=command.order_id, done_on=command.done_on)
    return [] if state.outcome == done else [done]


def skip(command: Skip, state: Occurrence) -> list[Event]:
    return closed(state, ServiceSkipped(**of(state.visit), reason=command.reason, skipped_on=command.skipped_on))


def excuse(command: Excuse, state: Occurrence) -> list[Event]:
    return closed(state, ObligationExcused(**of(state.visit), reason=command.reason, excused_on=command.excused_on))


def of(visit: Visit) -> dict[str, str]:
    return {
        "occurrence_id": visit.occurrence_id,
        "contract_id": visit.contract_id,
        "object_id": visit.object_id,
    }


def closed(state: Occurrence, fact: ServiceSkipped | ObligationExcused) -> list[Event]:
    match state.outcome:
        case None:
            return [fact]
        case ServiceSkipped() | ObligationExcused():
            return []  # closed without work already
        case ServiceDone():
            raise Rejected("This service is done: it is neither skipped nor excused any more.")
        case _:
            assert_never(state.outcome)


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(command, Raise):
        return raise_(command, state)
    if state is None:
        raise Rejected("This service is not due yet: the day's run raises it first.")
    match command:
        case Complete():
            return complete(command, state)
        case Skip():
            return skip(command, state)
        case Excuse():
            return excuse(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    if isinstance(event, ServiceDue):
        return Occurrence(event.visit)
    return replace(state, outcome=event) if state else None


occurrence = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
