"""A billing run bills every contract that it can, and parks those that fail, each with its reason (R8)."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.kernel.decider import Decider


class Parked(BaseModel, frozen=True):
    """A contract that a run could not bill; `number` is what people call it by."""

    contract_id: str
    number: str
    reason: str


class RunRecorded(BaseModel, frozen=True):
    """How a run went: documents claimed, contracts with nothing to bill, contracts parked."""

    type: Literal["billing-run-recorded.v1"] = "billing-run-recorded.v1"
    run_date: date
    billed: int
    nothing: int
    parked: tuple[Parked, ...] = ()


class RecordRun(BaseModel, frozen=True):
    """Keep how a run went; one that billed nothing and parked the same contracts is no news."""

    run_date: date
    billed: int
    nothing: int
    parked: tuple[Parked, ...] = ()


Event: TypeAlias = RunRecorded
Command: TypeAlias = RecordRun
State: TypeAlias = RunRecorded | None


def decide(command: Command, state: State) -> list[Event]:
    if state is not None and command.billed == 0 and command.parked == state.parked:
        return []
    return [RunRecorded(**command.model_dump())]


def evolve(_: State, event: Event) -> State:
    return event


run = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
