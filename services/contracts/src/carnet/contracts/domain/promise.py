"""A fault is answered within the agreed time: the promise runs, may pause, and is kept or missed (R7)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias, assert_never

from pydantic import AwareDatetime, BaseModel

from carnet.contracts.domain.reaction_time import ReactionTime, due, minutes_used
from carnet.contracts.domain.service_calendar import Span
from carnet.contracts.domain.terms import Id
from carnet.kernel.decider import Decider, Rejected


class Promise(BaseModel, frozen=True):
    """The time's calendar is today's copy: a later change of the calendar moves no promise given."""

    order_id: Id
    object_id: Id
    contract_id: Id
    priority: Id
    time: ReactionTime


class ReactionPromised(BaseModel, frozen=True):
    type: Literal["reaction-promised.v1"] = "reaction-promised.v1"
    promise: Promise
    due_at: datetime
    escalate_at: datetime


class ReactionPaused(BaseModel, frozen=True):
    type: Literal["reaction-paused.v1"] = "reaction-paused.v1"
    order_id: Id
    paused_at: datetime


class ReactionResumed(BaseModel, frozen=True):
    """The clock runs again; what was promised is due so much later."""

    type: Literal["reaction-resumed.v1"] = "reaction-resumed.v1"
    promise: Promise
    resumed_at: datetime
    due_at: datetime
    escalate_at: datetime


class ReactionEnded(BaseModel, frozen=True):
    """The technician arrived; `minutes_used` are whole minutes of opening time since the report."""

    type: Literal["reaction-ended.v1"] = "reaction-ended.v1"
    order_id: Id
    arrived_at: datetime
    kept: bool
    minutes_used: int


class ReactionWithdrawn(BaseModel, frozen=True):
    """The order was cancelled before anybody arrived: neither kept nor missed."""

    type: Literal["reaction-withdrawn.v1"] = "reaction-withdrawn.v1"
    order_id: Id


class Pause(BaseModel, frozen=True):
    """The clock stops, for the customer is away."""

    at: AwareDatetime


class Resume(BaseModel, frozen=True):
    at: AwareDatetime


class End(BaseModel, frozen=True):
    at: AwareDatetime


class Withdraw(BaseModel, frozen=True):
    pass


@dataclass(frozen=True)
class Running:
    promise: Promise
    pauses: tuple[Span, ...] = ()
    paused_at: datetime | None = None


@dataclass(frozen=True)
class Ended:
    """Arrival or withdrawal: the clock runs no more."""


Event: TypeAlias = ReactionPromised | ReactionPaused | ReactionResumed | ReactionEnded | ReactionWithdrawn
Command: TypeAlias = Promise | Pause | Resume | End | Withdraw
State: TypeAlias = Running | Ended | None


def promise(command: Promise) -> list[Event]:
    due_at, escalate_at = due(command.time)
    return [ReactionPromised(promise=command, due_at=due_at, escalate_at=escalate_at)]


def pause(command: Pause, state: Running) -> list[Event]:
    if command.at in (state.paused_at, *(span.start for span in state.pauses)):
        return []
    if state.paused_at:
        raise Rejected("The reaction time is paused already: resume it before pausing again.")
    if command.at < max((span.end for span in state.pauses), default=state.promise.time.reported_at):
        raise Rejected("A pause begins after the report and after the pause before it: choose a later time.")
    return [ReactionPaused(order_id=state.promise.order_id, paused_at=command.at)]


def resume(command: Resume, state: Running) -> list[Event]:
    if state.paused_at is None:
        return _resumed_before(command, state)
    if command.at <= state.paused_at:
        raise Rejected("A pause ends after it begins: choose a later time.")
    due_at, escalate_at = due(state.promise.time, _pauses(state, command.at))
    return [ReactionResumed(promise=state.promise, resumed_at=command.at, due_at=due_at, escalate_at=escalate_at)]


def _resumed_before(command: Resume, state: Running) -> list[Event]:
    if command.at in (span.end for span in state.pauses):
        return []
    raise Rejected("The reaction time is running: pause it before resuming it.")


def end(command: End, state: Running) -> list[Event]:
    """Whoever was there before the fault was written down kept the promise."""
    time, pauses = state.promise.time, _pauses(state, command.at)
    return [
        ReactionEnded(
            order_id=state.promise.order_id,
            arrived_at=command.at,
            kept=command.at <= due(time, pauses)[0],
            minutes_used=minutes_used(time, command.at, pauses),
        )
    ]


def _pauses(state: Running, now: datetime) -> tuple[Span, ...]:
    if state.paused_at is None or now <= state.paused_at:
        return state.pauses
    return (*state.pauses, Span(state.paused_at, now))


def decide(command: Command, state: State) -> list[Event]:
    if state is None:
        return _begin(command)
    if isinstance(state, Ended) or isinstance(command, Promise):
        return []  # an answered fault stays answered, and a promise once given stands
    match command:
        case Pause():
            return pause(command, state)
        case Resume():
            return resume(command, state)
        case End():
            return end(command, state)
        case Withdraw():
            return [ReactionWithdrawn(order_id=state.promise.order_id)]
        case _:
            assert_never(command)


def _begin(command: Command) -> list[Event]:
    if not isinstance(command, Promise):
        raise Rejected("No reaction time was promised for this order.")
    return promise(command)


def evolve(state: State, event: Event) -> State:
    if isinstance(event, ReactionPromised):
        return Running(event.promise)
    if not isinstance(state, Running):
        return state
    match event:
        case ReactionPaused(paused_at=paused_at):
            return replace(state, paused_at=paused_at)
        case ReactionResumed(resumed_at=resumed_at):
            return replace(state, pauses=_pauses(state, resumed_at), paused_at=None)
        case ReactionEnded() | ReactionWithdrawn():
            return Ended()
        case _:
            assert_never(event)


reaction = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
