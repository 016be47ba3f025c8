"""A site is where objects stand: a project, a building or a place within it, with its address and its clock."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, TypeAlias, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel

from carnet.kernel.decider import Decider, Rejected
from carnet.objects.domain.address import Address
from carnet.objects.domain.placement import TOP, Placement, check_placement
from carnet.objects.domain.responsibility import (
    AssignResponsibility,
    Responsibilities,
    ResponsibilityAssigned,
    assign,
    with_assignment,
)


def zone_known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{zone!r} is no time zone such as Europe/Zurich") from None
    return zone


SiteKind = Literal["project", "site", "place"]
Zone: TypeAlias = Annotated[str, AfterValidator(zone_known)]


class SiteRegistered(BaseModel, frozen=True):
    type: Literal["site-registered.v1"] = "site-registered.v1"
    site_id: str
    number: str
    name: str
    kind: SiteKind = "site"
    address: Address | None = None
    zone: str = "Europe/Zurich"
    canton: str | None = None
    owner_id: str | None = None
    parent_id: str | None = None


class Register(BaseModel, frozen=True):
    site_id: str
    number: str
    name: str
    kind: SiteKind = "site"
    address: Address | None = None
    zone: Zone = "Europe/Zurich"
    canton: str | None = None
    owner_id: str | None = None
    placement: Placement = TOP


Event: TypeAlias = SiteRegistered | ResponsibilityAssigned
Command: TypeAlias = Register | AssignResponsibility


@dataclass(frozen=True)
class State:
    registered: SiteRegistered | None = None
    responsibilities: Responsibilities = field(default_factory=dict)


def register(command: Register, state: State) -> list[Event]:
    known = state.registered
    wanted = SiteRegistered(parent_id=command.placement.parent_id, **command.model_dump(exclude={"placement"}))
    if known is None:
        check_placement(command.placement)
        return [wanted]
    if known == wanted:
        return []
    raise Rejected("Site {number} is registered already as {name!r}.", number=known.number, name=known.name)


def assign_responsibility(command: AssignResponsibility, state: State) -> list[Event]:
    if state.registered is None:
        raise Rejected("Register the site before naming who is responsible for it.")
    return [*assign(state.registered.site_id, command, state.responsibilities)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Register():
            return register(command, state)
        case AssignResponsibility():
            return assign_responsibility(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case SiteRegistered():
            return replace(state, registered=event)
        case ResponsibilityAssigned():
            return replace(state, responsibilities=with_assignment(state.responsibilities, event))
        case _:
            assert_never(event)


site = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
