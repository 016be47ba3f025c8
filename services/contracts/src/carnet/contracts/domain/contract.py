"""A contract is offered, then signed once; amending, extending, renewing and terminating it each make a new version."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain import offer
from carnet.contracts.domain.agreement import signable
from carnet.contracts.domain.amendments import Change, amended, succeeding
from carnet.contracts.domain.notice import earliest_end, tacit_renewals
from carnet.contracts.domain.terms import Id, Terms, Version
from carnet.kernel.decider import Decider, Rejected


class ContractSigned(BaseModel, frozen=True):
    type: Literal["contract-signed.v1"] = "contract-signed.v1"
    version: Version


class ContractAmended(BaseModel, frozen=True):
    type: Literal["contract-amended.v1"] = "contract-amended.v1"
    version: Version
    changes: tuple[Change, ...]


class ContractExtended(BaseModel, frozen=True):
    """The term was extended or cut (S18)."""

    type: Literal["contract-extended.v1"] = "contract-extended.v1"
    version: Version


class ContractRenewed(BaseModel, frozen=True):
    type: Literal["contract-renewed.v1"] = "contract-renewed.v1"
    version: Version


class ContractRenewedTacitly(BaseModel, frozen=True):
    """The notice day passed without a notice."""

    type: Literal["contract-renewed-tacitly.v1"] = "contract-renewed-tacitly.v1"
    version: Version


class ContractTerminated(BaseModel, frozen=True):
    type: Literal["contract-terminated.v1"] = "contract-terminated.v1"
    version: Version
    extraordinary: bool = False
    reason: str = ""


class Sign(BaseModel, frozen=True):
    contract_id: Id
    terms: Terms
    recorded: date


class SignOffer(BaseModel, frozen=True):
    """The customer signs what was offered, and nothing else."""

    recorded: date


class Amend(BaseModel, frozen=True):
    """All changes or none; each holds from its own date, in whatever order they become known."""

    changes: tuple[Change, ...] = Field(min_length=1)
    recorded: date


class Extend(BaseModel, frozen=True):
    last_day: date
    recorded: date


class Renew(BaseModel, frozen=True):
    """Another term after the present one, up to its new last day."""

    last_day: date
    recorded: date


class Terminate(BaseModel, frozen=True):
    """Notice given on the day `recorded`; an extraordinary one, with its reason, waits for no notice."""

    last_day: date
    recorded: date
    extraordinary: bool = False
    reason: str = ""


Renewed: TypeAlias = ContractRenewed | ContractRenewedTacitly
VersionMade: TypeAlias = ContractSigned | ContractAmended | ContractExtended | Renewed | ContractTerminated
Event: TypeAlias = offer.Event | VersionMade
Alter: TypeAlias = Amend | Extend | Renew | Terminate
Command: TypeAlias = offer.Command | Sign | SignOffer | Alter


@dataclass(frozen=True)
class Contract:
    """The newest version, and the terms as they were first signed."""

    version: Version
    signed: Terms
    terminated: bool = False


State: TypeAlias = offer.State | Contract


def newest(state: State) -> Version | None:
    """The newest version; None while nothing is signed."""
    return state.version if isinstance(state, Contract) else None


def sign(command: Sign, state: State) -> list[Event]:
    terms = signable(command.terms)
    match state:
        case Contract():
            return _signed_before(terms, state)
        case offer.Offer(outcome=None) if state.terms != terms:
            raise Rejected("Another offer of this number stands: sign that one, revise it, or withdraw it.").at(
                "contract_number"
            )
        case _:
            return [ContractSigned(version=_first_version(command, terms))]


def _signed_before(terms: Terms, state: Contract) -> list[Event]:
    if terms in (state.signed, state.version.terms):
        return []  # what was amended since stands
    raise Rejected("This contract is already signed: amend it.").at("contract_number")


def sign_offer(command: SignOffer, state: State) -> list[Event]:
    if isinstance(state, Contract):
        return []
    stands = offer.signable_on(state, command.recorded)
    return sign(Sign(contract_id=stands.contract_id, terms=stands.terms, recorded=command.recorded), state)


def offered(command: offer.Command, state: State) -> list[Event]:
    if not isinstance(state, Contract):
        return [*offer.decide(command, state)]
    match command:
        case offer.MakeOffer(terms=terms):
            return _signed_before(signable(terms), state)
        case offer.CloseOffer():
            raise Rejected("This contract is already signed: terminate it.")
        case offer.PassDay(recorded=recorded):
            return renew_tacitly(state, recorded)


def _first_version(command: Sign, terms: Terms) -> Version:
    return Version(
        contract_id=command.contract_id,
        number=1,
        valid_from=terms.start,
        recorded=command.recorded,
        terms=terms,
    )


def amend(command: Amend, version: Version) -> list[Event]:
    after = amended(version, command.changes, command.recorded)
    if after.terms == version.terms:
        return []
    return [ContractAmended(version=after, changes=command.changes)]


def extend(command: Extend, state: Contract) -> list[Event]:
    if not state.terminated and command.last_day == state.version.terms.end:
        return []
    return [ContractExtended(version=_ending(state.version, command))]


def renew(command: Renew, state: Contract) -> list[Event]:
    end = state.version.terms.end
    if state.terminated:
        raise Rejected("This contract is terminated: extend it or sign a new one.")
    if command.last_day == end:
        return []
    if end is None or command.last_day < end:
        raise Rejected("A renewal ends after the present term: choose a later last day.").at("last_day")
    return [ContractRenewed(version=_ending(state.version, command))]


def terminate(command: Terminate, state: Contract) -> list[Event]:
    if state.terminated and command.last_day == state.version.terms.end:
        return []
    _refuse_short_notice(command, state.version.terms)
    told = {"extraordinary": command.extraordinary, "reason": command.reason}
    return [ContractTerminated(version=_ending(state.version, command), **told)]


def _refuse_short_notice(command: Terminate, terms: Terms) -> None:
    if command.extraordinary:
        if not command.reason:
            raise Rejected("An extraordinary termination needs its reason: give it.").at("reason")
        return
    earliest = earliest_end(terms, command.recorded)
    if earliest is not None and command.last_day < earliest:
        raise Rejected(
            "A notice of {recorded} ends this contract on {earliest} at the earliest: "
            "choose that day or a later one, or terminate extraordinarily, with the reason.",
            recorded=command.recorded,
            earliest=earliest,
        ).at("last_day")


def renew_tacitly(state: Contract, day: date) -> list[Event]:
    """One renewal for each notice day that is past; none after a termination."""
    events: list[Event] = []
    version = state.version
    for terms in () if state.terminated else tacit_renewals(version.terms, day):
        version = succeeding(version, terms, (version.terms.end or day) + timedelta(days=1), day)
        events.append(ContractRenewedTacitly(version=version))
    return events


def _ending(version: Version, command: Extend | Renew | Terminate) -> Version:
    """The day after the earlier of the two ends is the first that differs, at the earliest the start."""
    earlier = min(version.terms.end or command.last_day, command.last_day)
    holds_from = max(version.terms.start, earlier + timedelta(days=1))
    terms = version.terms.model_copy(update={"end": command.last_day})
    return succeeding(version, terms, holds_from, command.recorded)


def changed(command: Alter, state: State) -> list[Event]:
    if not isinstance(state, Contract):
        raise Rejected("Sign the contract first.")
    match command:
        case Amend():
            return amend(command, state.version)
        case Extend():
            return extend(command, state)
        case Renew():
            return renew(command, state)
        case Terminate():
            return terminate(command, state)
        case _:
            assert_never(command)


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Sign():
            return sign(command, state)
        case SignOffer():
            return sign_offer(command, state)
        case offer.MakeOffer() | offer.CloseOffer() | offer.PassDay():
            return offered(command, state)
        case _:
            return changed(command, state)


def evolve(state: State, event: Event) -> State:
    match event:
        case offer.ContractOffered() | offer.OfferRevised() | offer.OfferClosed():
            return state if isinstance(state, Contract) else offer.evolve(state, event)
        case _:
            return _next_version(state if isinstance(state, Contract) else None, event)


def _next_version(state: Contract | None, event: VersionMade) -> Contract:
    version, signed = event.version, state.signed if state else event.version.terms
    match event:
        case ContractAmended() if state:
            return replace(state, version=version)
        case ContractTerminated():
            return Contract(version, signed, terminated=True)
        case _:
            return Contract(version, signed)


contract = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
