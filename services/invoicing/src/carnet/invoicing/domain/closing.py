"""The months of the books are closed in their order; what is posted into a closed one goes to the next open one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.kernel.decider import Decider, Rejected


class MonthClosed(BaseModel, frozen=True):
    """Nothing is posted into the month any more; `month` is its first day."""

    type: Literal["month-closed.v1"] = "month-closed.v1"
    month: date
    closed_on: date


class MonthReopened(BaseModel, frozen=True):
    type: Literal["month-reopened.v1"] = "month-reopened.v1"
    month: date
    reopened_on: date


class CloseMonth(BaseModel, frozen=True):
    """Close the month of a day; the first one that is closed closes all before it."""

    month: date
    closed_on: date


class ReopenMonth(BaseModel, frozen=True):
    month: date
    reopened_on: date


Event: TypeAlias = Annotated[MonthClosed | MonthReopened, Field(discriminator="type")]
Command: TypeAlias = CloseMonth | ReopenMonth


@dataclass(frozen=True)
class State:
    """The newest closed month by its first day, and the first that was ever closed."""

    newest: date | None = None
    first: date | None = None


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return first_of(first_of(day) + timedelta(days=31))


def month_end(day: date) -> date:
    return next_month(day) - timedelta(days=1)


def posting_day(day: date, newest_closed: date | None) -> date:
    """Give the day itself, or the first day of the next open month where its own is closed."""
    closed = newest_closed is not None and first_of(day) <= newest_closed
    return next_month(newest_closed) if closed and newest_closed else day


def close(command: CloseMonth, state: State) -> list[Event]:
    month = first_of(command.month)
    if state.newest is not None and month <= state.newest:
        return []
    if command.closed_on <= month_end(month):
        raise Rejected(
            "Close {month} after its last day, {last_day}.", month=f"{month:%Y-%m}", last_day=month_end(month)
        )
    if state.newest is not None and month != next_month(state.newest):
        raise Rejected(
            "Close {month} first: months are closed in their order.", month=f"{next_month(state.newest):%Y-%m}"
        )
    return [MonthClosed(month=month, closed_on=command.closed_on)]


def reopen(command: ReopenMonth, state: State) -> list[Event]:
    month = first_of(command.month)
    if state.newest is None or month > state.newest:
        return []
    if month < state.newest:
        raise Rejected(
            "Reopen {month} first: only the newest closed month can be reopened.", month=f"{state.newest:%Y-%m}"
        )
    return [MonthReopened(month=month, reopened_on=command.reopened_on)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case CloseMonth():
            return close(command, state)
        case ReopenMonth():
            return reopen(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case MonthClosed(month=month):
            return State(newest=month, first=state.first or month)
        case MonthReopened(month=month):
            return State() if month == state.first else State(first_of(month - timedelta(days=1)), state.first)
        case _:
            assert_never(event)


closing = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
