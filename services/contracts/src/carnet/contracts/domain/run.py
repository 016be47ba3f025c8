"""The run of a day raises what is to be prepared up to it; it starts once and says what it did."""

from datetime import date
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.terms import Id, Sentence
from carnet.kernel.decider import Decider, Rejected


class Parked(BaseModel, frozen=True):
    """A contract that failed, with its reason; the others went on."""

    contract_id: Id
    reason: Sentence


class RunStarted(BaseModel, frozen=True):
    type: Literal["run-started.v1"] = "run-started.v1"
    run_date: date


class RunFinished(BaseModel, frozen=True):
    type: Literal["run-finished.v1"] = "run-finished.v1"
    run_date: date
    contracts: int = Field(ge=0)
    raised: int = Field(ge=0)
    excused: int = Field(default=0, ge=0)
    renewed: int = Field(default=0, ge=0)
    parked: tuple[Parked, ...] = ()


class Start(BaseModel, frozen=True):
    run_date: date


class Finish(BaseModel, frozen=True):
    contracts: int = Field(ge=0)
    raised: int = Field(ge=0)
    excused: int = Field(default=0, ge=0)
    renewed: int = Field(default=0, ge=0)
    parked: tuple[Parked, ...] = ()


Event: TypeAlias = RunStarted | RunFinished
Command: TypeAlias = Start | Finish
State: TypeAlias = RunStarted | RunFinished | None  # started only: a crash in between, to be gone through again


def start(command: Start, state: State) -> list[Event]:
    return [] if state else [RunStarted(run_date=command.run_date)]


def finish(command: Finish, state: State) -> list[Event]:
    match state:
        case None:
            raise Rejected("Start the run of this day before finishing it.")
        case RunStarted(run_date=run_date):
            return [RunFinished(run_date=run_date, **dict(command))]
        case RunFinished():
            return []
        case _:
            assert_never(state)


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Start():
            return start(command, state)
        case Finish():
            return finish(command, state)
        case _:
            assert_never(command)


def evolve(_: State, event: Event) -> State:
    return event


run = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
