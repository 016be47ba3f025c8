"""A piece of equipment that orders ask for by its kind, such as a set of test weights."""

from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.dispatch.domain.work import Code
from carnet.kernel.decider import Decider, Rejected


class EquipmentRegistered(BaseModel, frozen=True):
    type: Literal["equipment-registered.v1"] = "equipment-registered.v1"
    equipment_id: str
    number: str
    kind: str
    name: str


class Register(BaseModel, frozen=True):
    equipment_id: str
    number: Code
    kind: Code
    name: Code


State: TypeAlias = EquipmentRegistered | None


def decide(command: Register, state: State) -> list[EquipmentRegistered]:
    event = EquipmentRegistered(**dict(command))
    if state is None:
        return [event]
    if state == event:
        return []
    raise Rejected(
        "Number {number} is taken by {holder}; give {name} another number.",
        number=state.number,
        holder=state.name,
        name=event.name,
    )


def evolve(_: State, event: EquipmentRegistered) -> State:
    return event


equipment = Decider[Register, State, EquipmentRegistered](initial=None, decide=decide, evolve=evolve)
