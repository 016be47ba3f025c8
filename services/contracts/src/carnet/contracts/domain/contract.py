"""A contract is signed once; amending, extending, renewing and terminating it each make a new whole version."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.agreement import signable
from carnet.contracts.domain.amendments import Change, amended, succeeding
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


class ContractTerminated(BaseModel, frozen=True):
    type: Literal["contract-terminated.v1"] = "contract-terminated.v1"
    version: Version


class Sign(BaseModel, frozen=True):
    contract_id: Id
    terms: Terms
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
    last_day: date
    recorded: date


Event: TypeAlias = ContractSigned | ContractAmended | ContractExtended | ContractRenewed | ContractTerminated
Command: TypeAlias = Sign | Amend | Extend | Renew | Terminate


@dataclass(frozen=True)
class Contract:
    """The newest version, and the terms as they were first signed."""

    version: Version
    signed: Terms
    terminated: bool = False


State: TypeAlias = Contract | None


def sign(command: Sign, state: State) -> list[Event]:
    terms = signable(command.terms)
    if state is None:
        return [ContractSigned(version=_first_version(command, terms))]
    if terms in (state.signed, state.version.terms):
        return []  # signed so before; what was amended since stands
    raise Rejected("This contract is already signed: amend it.")


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
        raise Rejected("A renewal ends after the present term: choose a later last day.")
    return [ContractRenewed(version=_ending(state.version, command))]


def terminate(command: Terminate, state: Contract) -> list[Event]:
    if state.terminated and command.last_day == state.version.terms.end:
        return []
    return [ContractTerminated(version=_ending(state.version, command))]


def _ending(version: Version, command: Extend | Renew | Terminate) -> Version:
    """The day after the earlier of the two ends is the first that differs, at the earliest the start."""
    earlier = min(version.terms.end or command.last_day, command.last_day)
    holds_from = max(version.terms.start, earlier + timedelta(days=1))
    terms = version.terms.model_copy(update={"end": command.last_day})
    return succeeding(version, terms, holds_from, command.recorded)


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(command, Sign):
        return sign(command, state)
    if state is None:
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


def evolve(state: State, event: Event) -> State:
    version, signed = event.version, state.signed if state else event.version.terms
    match event:
        case ContractAmended() if state:
            return replace(state, version=version)
        case ContractTerminated():
            return Contract(version, signed, terminated=True)
        case _:
            return Contract(version, signed)


contract = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
