"""A party is a person or a firm that we deal with, known by one number; its data change, its number does not."""

from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.kernel.decider import Decider, Rejected
from carnet.objects.domain.address import Address


class Particulars(BaseModel, frozen=True):
    """What is known of a party; the address's `care_of` receives its post (R5)."""

    name: str
    natural_person: bool = False
    language: Literal["fr", "de", "en"] = "fr"
    address: Address | None = None
    email: str | None = None
    telephone: str | None = None


class PartyRegistered(BaseModel, frozen=True):
    type: Literal["party-registered.v1"] = "party-registered.v1"
    party_id: str
    number: str
    particulars: Particulars


class PartyChanged(BaseModel, frozen=True):
    type: Literal["party-changed.v1"] = "party-changed.v1"
    party_id: str
    number: str
    particulars: Particulars


class Register(BaseModel, frozen=True):
    party_id: str
    number: str
    particulars: Particulars


class Change(BaseModel, frozen=True):
    """Only the fields that were set are changed; None clears one."""

    name: str = ""
    natural_person: bool = False
    language: Literal["fr", "de", "en"] = "fr"
    address: Address | None = None
    email: str | None = None
    telephone: str | None = None


Event: TypeAlias = PartyRegistered | PartyChanged
Command: TypeAlias = Register | Change
State: TypeAlias = PartyRegistered | PartyChanged | None


def register(command: Register, state: State) -> list[Event]:
    if state is None:
        return [PartyRegistered(**dict(command))]
    if state.particulars == command.particulars:
        return []
    raise Rejected(
        "Party {number} is registered already as {name!r}: change that one.",
        number=state.number,
        name=state.particulars.name,
    )


def change(command: Change, state: State) -> list[Event]:
    if state is None:
        raise Rejected("Register the party before changing it.")
    given = {name: getattr(command, name) for name in command.model_fields_set}
    particulars = state.particulars.model_copy(update=given)
    if not particulars.name.strip():
        raise Rejected("A party keeps a name.")
    if particulars == state.particulars:
        return []
    return [PartyChanged(party_id=state.party_id, number=state.number, particulars=particulars)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Register():
            return register(command, state)
        case Change():
            return change(command, state)
        case _:
            assert_never(command)


def evolve(_: State, event: Event) -> State:
    return event


party = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
