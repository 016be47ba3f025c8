"""A pending task is what remains to be done on an object; it is done one day, or sales hears of it as a lead."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.kernel.decider import Decider, Rejected


class TaskRaised(BaseModel, frozen=True):
    type: Literal["task-raised.v1"] = "task-raised.v1"
    task_id: str
    object_id: str
    text: str
    raised_on: date
    due_on: date | None = None
    order_id: str | None = None


class TaskDone(BaseModel, frozen=True):
    type: Literal["task-done.v1"] = "task-done.v1"
    task_id: str
    object_id: str
    done_on: date


class LeadRaised(BaseModel, frozen=True):
    type: Literal["lead-raised.v1"] = "lead-raised.v1"
    lead_id: str
    task_id: str
    object_id: str
    text: str
    amount: Decimal
    currency: str = "CHF"
    raised_on: date


class Raise(BaseModel, frozen=True):
    """Note what remains to be done (S35, S38), with the order in which it was seen (S37)."""

    task_id: str
    object_id: str
    text: str
    raised_on: date
    due_on: date | None = None
    order_id: str | None = None


class MarkDone(BaseModel, frozen=True):
    done_on: date


class BecomeLead(BaseModel, frozen=True):
    """Tell sales what the customer could buy, with the expected amount (S36)."""

    lead_id: str
    amount: Decimal
    currency: str = "CHF"
    raised_on: date


Event: TypeAlias = TaskRaised | TaskDone | LeadRaised
Command: TypeAlias = Raise | MarkDone | BecomeLead


@dataclass(frozen=True)
class State:
    raised: TaskRaised | None = None
    done_on: date | None = None
    lead: LeadRaised | None = None


def raise_task(command: Raise, state: State) -> list[Event]:
    wanted = TaskRaised(**dict(command))
    if state.raised is None:
        return [wanted]
    if state.raised == wanted:
        return []
    raise Rejected("This task is noted already: {text!r}.", text=state.raised.text)


def known(state: State) -> TaskRaised:
    if state.raised is None:
        raise Rejected("Note the task first.")
    return state.raised


def mark_done(command: MarkDone, state: State) -> list[Event]:
    task = known(state)
    if state.done_on is not None:
        return []
    if command.done_on < task.raised_on:
        raise Rejected("The task was noted on {day}: it cannot be done before.", day=task.raised_on)
    return [TaskDone(task_id=task.task_id, object_id=task.object_id, done_on=command.done_on)]


def become_lead(command: BecomeLead, state: State) -> list[Event]:
    task = known(state)
    wanted = LeadRaised(task_id=task.task_id, object_id=task.object_id, text=task.text, **dict(command))
    if state.lead == wanted:
        return []
    if state.lead is not None:
        raise Rejected(
            "Sales has this task already, as a lead of {amount} {currency}.",
            amount=state.lead.amount,
            currency=state.lead.currency,
        )
    if state.done_on is not None:
        raise Rejected("The task is done: there is nothing left to sell.")
    return [wanted]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Raise():
            return raise_task(command, state)
        case MarkDone():
            return mark_done(command, state)
        case BecomeLead():
            return become_lead(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case TaskRaised():
            return replace(state, raised=event)
        case TaskDone():
            return replace(state, done_on=event.done_on)
        case LeadRaised():
            return replace(state, lead=event)
        case _:
            assert_never(event)


task = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
