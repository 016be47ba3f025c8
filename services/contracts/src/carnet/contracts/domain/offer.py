"""An offer stands until its last day, is revised, declined, withdrawn or lapses, and is signed as it stands (S66)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.contracts.domain.agreement import signable
from carnet.contracts.domain.terms import Id, Terms
from carnet.kernel.decider import Rejected

Outcome: TypeAlias = Literal["declined", "withdrawn", "lapsed"]


class ContractOffered(BaseModel, frozen=True):
    """The whole terms, as they would be signed; `valid_until` is the last day for the signature."""

    type: Literal["contract-offered.v1"] = "contract-offered.v1"
    contract_id: Id
    terms: Terms
    valid_until: date
    recorded: date


class OfferRevised(BaseModel, frozen=True):
    """Other terms or another last day; an offer that came to nothing stands again."""

    type: Literal["offer-revised.v1"] = "offer-revised.v1"
    contract_id: Id
    terms: Terms
    valid_until: date
    recorded: date


class OfferClosed(BaseModel, frozen=True):
    """Declined by the customer, withdrawn by the firm, or lapsed because its last day is past."""

    type: Literal["offer-closed.v1"] = "offer-closed.v1"
    contract_id: Id
    outcome: Outcome
    reason: str = ""
    recorded: date


class MakeOffer(BaseModel, frozen=True):
    contract_id: Id
    terms: Terms
    valid_until: date
    recorded: date


class CloseOffer(BaseModel, frozen=True):
    outcome: Literal["declined", "withdrawn"]
    reason: str = ""
    recorded: date


class PassDay(BaseModel, frozen=True):
    """The run of a day comes by: what its agreement leaves to the calendar happens now."""

    recorded: date


Event: TypeAlias = ContractOffered | OfferRevised | OfferClosed
Command: TypeAlias = MakeOffer | CloseOffer | PassDay


@dataclass(frozen=True)
class Offer:
    """The newest terms offered; `outcome` is None while the customer may sign."""

    contract_id: str
    terms: Terms
    valid_until: date
    outcome: Outcome | None = None


State: TypeAlias = Offer | None


def make(command: MakeOffer, state: State) -> list[Event]:
    offered = Offer(command.contract_id, signable(command.terms), command.valid_until)
    if command.valid_until < command.recorded:
        raise Rejected("The last day of this offer is past: choose a later one.").at("valid_until")
    if offered == state:
        return []
    kind = OfferRevised if state else ContractOffered
    return [kind(**{**dict(command), "terms": offered.terms})]


def close(command: CloseOffer, state: Offer) -> list[Event]:
    if state.outcome == command.outcome:
        return []
    if state.outcome is not None:
        raise Rejected("This offer came to nothing before: revise it to offer again.")
    return [OfferClosed(contract_id=state.contract_id, **dict(command))]


def lapse(command: PassDay, state: State) -> list[Event]:
    if state is None or state.outcome is not None or command.recorded <= state.valid_until:
        return []
    return [OfferClosed(contract_id=state.contract_id, outcome="lapsed", recorded=command.recorded)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case MakeOffer():
            return make(command, state)
        case PassDay():
            return lapse(command, state)
        case CloseOffer():
            if state is None:
                raise Rejected("Nothing was offered by this number: make an offer first.")
            return close(command, state)
        case _:
            assert_never(command)


def signable_on(state: State, signed_on: date) -> Offer:
    """The offer that a signature on a day binds; `Rejected` where none stands on it."""
    if state is None:
        raise Rejected("Nothing was offered by this number: make an offer first.")
    if state.outcome is not None:
        raise Rejected("This offer came to nothing before: revise it to offer again.")
    if signed_on > state.valid_until:
        raise Rejected("The last day of this offer is past: revise it with a later one before it is signed.")
    return state


def evolve(state: State, event: Event) -> State:
    match event:
        case ContractOffered() | OfferRevised():
            return Offer(event.contract_id, event.terms, event.valid_until)
        case OfferClosed(outcome=outcome):
            return replace(state, outcome=outcome) if state else None
        case _:
            assert_never(event)
