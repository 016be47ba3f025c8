"""An object is a machine, a part or a licence that we look after, from its registration to its retirement."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.kernel.decider import Decider, Rejected
from carnet.objects.domain.placement import TOP, Placement, check_placement
from carnet.objects.domain.responsibility import (
    AssignResponsibility,
    Responsibilities,
    ResponsibilityAssigned,
    assign,
    with_assignment,
)


class ObjectRegistered(BaseModel, frozen=True):
    """`fields` are the extra fields' first values; `debtor_id` is who pays for its work."""

    type: Literal["object-registered.v1"] = "object-registered.v1"
    object_id: str
    number: str
    name: str
    kind: str
    category: str | None = None
    parent_id: str | None = None
    site_id: str | None = None
    debtor_id: str | None = None
    internal: bool = False
    serial_number: str | None = None
    value: Decimal | None = None
    origin: str | None = None
    registered_on: date | None = None
    fields: Mapping[str, str] = {}


class ObjectRetired(BaseModel, frozen=True):
    type: Literal["object-retired.v1"] = "object-retired.v1"
    object_id: str
    retired_on: date
    reason: str = ""


class FieldValued(BaseModel, frozen=True):
    type: Literal["field-valued.v1"] = "field-valued.v1"
    object_id: str
    field: str
    value: str
    valid_from: date


class MeterRead(BaseModel, frozen=True):
    type: Literal["meter-read.v1"] = "meter-read.v1"
    object_id: str
    meter: str
    reading: Decimal
    read_on: date


class Register(BaseModel, frozen=True):
    object_id: str
    number: str
    name: str
    kind: str
    category: str | None = None
    placement: Placement = TOP
    debtor_id: str | None = None
    internal: bool = False
    serial_number: str | None = None
    value: Decimal | None = None
    origin: str | None = None
    registered_on: date | None = None
    fields: Mapping[str, str] = {}


class Retire(BaseModel, frozen=True):
    retired_on: date
    reason: str = ""


class ValueField(BaseModel, frozen=True):
    """Give an extra field a value from a day on; an empty value takes it away from that day on (S88, S89)."""

    field: str
    value: str
    valid_from: date


class ReadMeter(BaseModel, frozen=True):
    meter: str
    reading: Decimal
    read_on: date


Event: TypeAlias = ObjectRegistered | ObjectRetired | FieldValued | MeterRead | ResponsibilityAssigned
Command: TypeAlias = Register | Retire | ValueField | ReadMeter | AssignResponsibility


@dataclass(frozen=True)
class State:
    registered: ObjectRegistered | None = None
    retired_on: date | None = None
    values: Mapping[tuple[str, date | None], str] = field(default_factory=dict)
    readings: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)
    responsibilities: Responsibilities = field(default_factory=dict)


def registration(command: Register) -> ObjectRegistered:
    return ObjectRegistered(
        parent_id=command.placement.parent_id,
        site_id=command.placement.site_id,
        **{name: value for name, value in command if name != "placement"},
    )


def register(command: Register, state: State) -> list[Event]:
    if command.internal and command.debtor_id is not None:
        raise Rejected("One of our own objects has no customer: leave the debtor out (S2).")
    wanted = registration(command)
    if state.registered is None:
        check_new(command)
        return [wanted]
    if same_object(state.registered, wanted):
        return []
    raise Rejected(
        "Object {number} is registered already as {name!r}.", number=state.registered.number, name=state.registered.name
    )


def check_new(command: Register) -> None:
    if not (command.number.strip() and command.name.strip()):
        raise Rejected("An object needs a number and a name: give both.")
    check_placement(command.placement)


def same_object(known: ObjectRegistered, again: ObjectRegistered) -> bool:
    """Say whether nothing new is told; the site above follows from the parent, which may stand elsewhere by now."""
    return known == again.model_copy(update={"site_id": known.site_id})


def known(state: State) -> str:
    if state.registered is None:
        raise Rejected("Register the object first.")
    return state.registered.object_id


def in_use(state: State, day: date) -> str:
    object_id = known(state)
    if state.retired_on is not None and day >= state.retired_on:
        raise Rejected("The object is out of use since {day}: give an earlier day.", day=state.retired_on)
    return object_id


def retire(command: Retire, state: State) -> list[Event]:
    object_id = known(state)
    if state.retired_on == command.retired_on:
        return []
    if state.retired_on is not None:
        raise Rejected("The object is out of use since {day} already.", day=state.retired_on)
    return [ObjectRetired(object_id=object_id, **dict(command))]


def value_field(command: ValueField, state: State) -> list[Event]:
    object_id = in_use(state, command.valid_from)
    if state.values.get((command.field, command.valid_from)) == command.value:
        return []
    return [FieldValued(object_id=object_id, **dict(command))]


def read_meter(command: ReadMeter, state: State) -> list[Event]:
    object_id = in_use(state, command.read_on)
    if state.readings.get((command.meter, command.read_on)) == command.reading:
        return []
    return [MeterRead(object_id=object_id, **dict(command))]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Register():
            return register(command, state)
        case Retire():
            return retire(command, state)
        case ValueField():
            return value_field(command, state)
        case ReadMeter():
            return read_meter(command, state)
        case AssignResponsibility():
            return [*assign(known(state), command, state.responsibilities)]
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case ObjectRegistered():
            first = {(name, event.registered_on): value for name, value in event.fields.items()}
            return replace(state, registered=event, values=first)
        case ObjectRetired():
            return replace(state, retired_on=event.retired_on)
        case FieldValued():
            return replace(state, values={**state.values, (event.field, event.valid_from): event.value})
        case MeterRead():
            return replace(state, readings={**state.readings, (event.meter, event.read_on): event.reading})
        case ResponsibilityAssigned():
            return replace(state, responsibilities=with_assignment(state.responsibilities, event))
        case _:
            assert_never(event)


object_ = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
