"""A billing run bills every contract that it can, and parks those that fail, each with its reason (R8)."""

from datetime import date
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.kernel.decider import Decider


class Parked(BaseModel, frozen=True):
    """A contract that a run could not bill; `number` is what people call it by."""

    contract_id: str
    number: str
    reason: str


class RunStarted(BaseModel, frozen=True):
    """A day's run began to go over so many contracts; without its record it was interrupted."""

    type: Literal["billing-run-started.v1"] = "billing-run-started.v1"
    run_date: date
    contracts: int


class RunRecorded(BaseModel, frozen=True):
    """How a run went: documents claimed, contracts with nothing to bill, contracts parked."""

    type: Literal["billing-run-recorded.v1"] = "billing-run-recorded.v1"
    run_date: date
    billed: int
    nothing: int
    parked: tuple[Parked, ...] = ()


class StartRun(BaseModel, frozen=True):
    """Note that a day's run begins; one that is resumed or comes again began already."""

    run_date: date
    contracts: int


class RecordRun(BaseModel, frozen=True):
    """Keep how a run went; one that billed nothing and parked the same contracts is no news.

    `tried` names the contracts of a pass that went over these alone: the others stay parked as they were.
    """

    run_date: date
    billed: int
    nothing: int
    parked: tuple[Parked, ...] = ()
    tried: tuple[str, ...] | None = None


Event: TypeAlias = Annotated[RunStarted | RunRecorded, Field(discriminator="type")]
Command: TypeAlias = StartRun | RecordRun
State: TypeAlias = RunStarted | RunRecorded | None


def record(command: RecordRun, state: State) -> list[Event]:
    before = state.parked if isinstance(state, RunRecorded) else ()
    parked = _still_parked(command, before)
    if isinstance(state, RunRecorded) and command.billed == 0 and parked == before:
        return []
    return [RunRecorded(**command.model_dump(exclude={"parked", "tried"}), parked=parked)]


def _still_parked(command: RecordRun, before: tuple[Parked, ...]) -> tuple[Parked, ...]:
    if command.tried is None:
        return command.parked
    others = (each for each in before if each.contract_id not in (command.tried or ()))
    return tuple(sorted((*others, *command.parked), key=lambda each: (each.number, each.contract_id)))


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case StartRun():
            return [] if state is not None else [RunStarted(**command.model_dump())]
        case RecordRun():
            return record(command, state)
        case _:
            assert_never(command)


def evolve(_: State, event: Event) -> State:
    return event


run = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
