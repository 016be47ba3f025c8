"""A party chooses whether we write by e-mail or by letter; without a choice its e-mail address decides."""

from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.kernel.decider import Decider

Channel: TypeAlias = Literal["email", "letter"]


class ChannelChosen(BaseModel, frozen=True):
    type: Literal["channel-chosen.v1"] = "channel-chosen.v1"
    party_id: str
    channel: Channel


class ChooseChannel(BaseModel, frozen=True):
    party_id: str
    channel: Channel


Event: TypeAlias = ChannelChosen
Command: TypeAlias = ChooseChannel
State: TypeAlias = Channel | None  # what was chosen last


def decide(command: Command, state: State) -> list[Event]:
    if state == command.channel:
        return []
    return [ChannelChosen(party_id=command.party_id, channel=command.channel)]


def evolve(_: State, event: Event) -> State:
    return event.channel


def channel_for(chosen: State, *, has_email: bool) -> Channel:
    """Give the way to write to a party: as it chose, else by e-mail where it has an address, else by letter."""
    return chosen or ("email" if has_email else "letter")


preference = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
