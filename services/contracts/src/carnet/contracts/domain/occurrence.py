"""A promised service falls due once, and is then done, skipped with a reason, or excused."""

from datetime import date
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.terms import Id
from carnet.contracts.domain.visits import Visit
from carnet.kernel.decider import Decider, Rejected


class ServiceDue(BaseModel, frozen=True):
    type: Literal["service-due.v1"] = "service-due.v1"
    visit: Visit


class ServiceDone(BaseModel, frozen=True):
    type: Literal["service-done.v1"] = "service-done.v1"
    occurrence_id: Id
    order_id: Id
    done_on: date


class ServiceSkipped(BaseModel, frozen=True):
    """Cancelled or declined: nothing is billed (R4)."""

    type: Literal["service-skipped.v1"] = "service-skipped.v1"
    occurrence_id: Id
    reason: Id


class ObligationExcused(BaseModel, frozen=True):
    """No longer owed, because its position or its contract ended before it was due."""

    type: Literal["obligation-excused.v1"] = "obligation-excused.v1"
    occurrence_id: Id
    reason: Id


class Raise(BaseModel, frozen=True):
    visit: Visit


class Complete(BaseModel, frozen=True):
    """The order was completed; a corrected day replaces the first."""

    order_id: Id
    done_on: date


class Skip(BaseModel, frozen=True):
    reason: Id


class Excuse(BaseModel, frozen=True):
    reason: Id


Event: TypeAlias = Annotated[ServiceDue | ServiceDone | ServiceSkipped | ObligationExcused, Field(discriminator="type")]
Command: TypeAlias = Raise | Complete | Skip | Excuse
State: TypeAlias = Event | None  # the last fact is all that a decision needs


def raise_(command: Raise, state: State) -> list[Event]:
    return [] if state else [ServiceDue(visit=command.visit)]


def complete(command: Complete, state: Event) -> list[Event]:
    """Work counts also after the service was given up: what is done is done."""
    done = ServiceDone(occurrence_id=identity(state), order_id=command.order_id, done_on=command.done_on)
    return [] if state == done else [done]


def skip(command: Skip, state: Event) -> list[Event]:
    match state:
        case ServiceDue():
            return [ServiceSkipped(occurrence_id=identity(state), reason=command.reason)]
        case ServiceSkipped() | ObligationExcused():
            return []  # closed without work already
        case ServiceDone():
            raise Rejected("This service is done and cannot be skipped any more.")
        case _:
            assert_never(state)


def excuse(command: Excuse, state: Event) -> list[Event]:
    match state:
        case ServiceDue():
            return [ObligationExcused(occurrence_id=identity(state), reason=command.reason)]
        case ServiceSkipped() | ObligationExcused():
            return []
        case ServiceDone():
            raise Rejected("This service is done: nothing is left to excuse.")
        case _:
            assert_never(state)


def identity(state: Event) -> str:
    return state.visit.occurrence_id if isinstance(state, ServiceDue) else state.occurrence_id


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


def evolve(_: State, event: Event) -> State:
    return event


occurrence = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
