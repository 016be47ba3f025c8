"""Every fee of a contract is claimed exactly once; what is billed follows from the claims that stand (R2, R8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.claims import Claim, ClaimedDocument, booked, claimed_days, documents_of
from carnet.invoicing.domain.fee_line import Billed, Key, Place, Reached
from carnet.invoicing.domain.lines import lines, reaches
from carnet.invoicing.domain.money import CENT, DocumentKind
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.terms import ContractKind, ContractTerms, refuse_nonsense
from carnet.invoicing.domain.vat import VatRate
from carnet.kernel.decider import Decider, Rejected


class FeesClaimed(BaseModel, frozen=True):
    """A run claimed fees: at most one invoice and one credit note, in this order, and what it reached."""

    type: Literal["fees-claimed.v1"] = "fees-claimed.v1"
    contract_id: str
    contract_kind: ContractKind
    contract_version: int
    debtor_id: str
    currency: str
    billing: Billing
    run_date: date
    documents: tuple[ClaimedDocument, ...]
    reached: tuple[Reached, ...]


class PeriodsReached(BaseModel, frozen=True):
    """A run reached periods in which nothing was to be billed or credited."""

    type: Literal["periods-reached.v1"] = "periods-reached.v1"
    contract_version: int
    billing: Billing
    run_date: date
    reached: tuple[Reached, ...]


class FeesVoided(BaseModel, frozen=True):
    """A claimed document was voided, so what it billed is open again."""

    type: Literal["fees-voided.v1"] = "fees-voided.v1"
    document_id: UUID
    recorded: date


class Bill(BaseModel, frozen=True):
    """Claim all that the newest terms make due by the run date and that is not yet billed.

    `vat` are the rates by day, `vat_of` those of positions that have their own (R3).
    """

    run_date: date
    terms: ContractTerms
    vat: tuple[VatRate, ...]
    vat_of: dict[str, tuple[VatRate, ...]] = Field(default_factory=dict)
    payable_step: Decimal = CENT


class VoidFees(BaseModel, frozen=True):
    """Void one document of this contract."""

    document_id: UUID
    recorded: date


Event: TypeAlias = Annotated[FeesClaimed | PeriodsReached | FeesVoided, Field(discriminator="type")]
Command: TypeAlias = Bill | VoidFees


@dataclass(frozen=True)
class State:
    billing: Billing | None = None
    claims: Mapping[UUID, Claim] = field(default_factory=dict)
    amounts: Mapping[Key, Decimal] = field(default_factory=dict)
    reached: Mapping[Place, Reached | None] = field(default_factory=dict)

    @property
    def billed(self) -> Billed:
        return Billed(self.amounts, self.reached, partial(claimed_days, self.claims.values()))


def claimed_on(state: State, run_date: date, kind: DocumentKind) -> UUID | None:
    """The standing document of that kind that the run of that date claimed, the latest if there are several."""
    found = [
        claim.document.document_id
        for claim in state.claims.values()
        if claim.run_date == run_date and claim.document.kind == kind and not claim.voided
    ]
    return found[-1] if found else None


def bill(command: Bill, state: State) -> list[Event]:
    terms = command.terms
    refuse_nonsense(terms)
    _refuse_new_cycle(terms, state)
    _refuse_missing(terms, state)
    reached = list(reaches(terms, command.run_date, command.vat, state.billed, command.vat_of))
    if not reached:
        return []
    found = [line for reach in reached for line in lines(reach, state.billed)]
    documents = documents_of(terms.contract_id, found, state.claims.values(), command.payable_step)
    now = tuple(reach.now for reach in reached)
    return [_claimed(command, documents, now) if documents else _only_reached(command, now)]


def void(command: VoidFees, state: State) -> list[Event]:
    claim = state.claims.get(command.document_id)
    if claim is None:
        raise Rejected("Name a document that was claimed for this contract: this one was not.")
    if claim.voided:
        return []
    return [FeesVoided(document_id=command.document_id, recorded=command.recorded)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Bill():
            return bill(command, state)
        case VoidFees():
            return void(command, state)
        case _:
            assert_never(command)


def _refuse_new_cycle(terms: ContractTerms, state: State) -> None:
    """Other periods than those already billed would bill days twice or never."""
    now, then = terms.billing, state.billing
    if then is not None and (now.every_months, now.anchor) != (then.every_months, then.anchor):
        raise Rejected("Sign a new contract to change the billing cycle: periods of this one are already billed.")


def _refuse_missing(terms: ContractTerms, state: State) -> None:
    """A position once billed stays in the terms, with its last day: dropping it would hide a credit."""
    known = {position.position_id for position in terms.positions}
    gone = sorted({position_id for position_id, _ in state.reached} - known)
    if gone:
        raise Rejected("Keep position {position} in the terms with its last day: it has been billed.", position=gone[0])


def _claimed(command: Bill, documents: tuple[ClaimedDocument, ...], now: tuple[Reached, ...]) -> FeesClaimed:
    terms = command.terms
    return FeesClaimed(
        contract_id=terms.contract_id,
        contract_kind=terms.kind,
        contract_version=terms.version,
        debtor_id=terms.debtor_id,
        currency=terms.currency,
        billing=terms.billing,
        run_date=command.run_date,
        documents=documents,
        reached=now,
    )


def _only_reached(command: Bill, now: tuple[Reached, ...]) -> PeriodsReached:
    terms = command.terms
    return PeriodsReached(contract_version=terms.version, billing=terms.billing, run_date=command.run_date, reached=now)


def _reach(state: State, billing: Billing, reached: Iterable[Reached]) -> State:
    now = {(entry.position_id, entry.period_start): entry for entry in reached}
    return replace(state, billing=billing, reached={**state.reached, **now})


def _claim(state: State, event: FeesClaimed) -> State:
    amounts, claims = state.amounts, dict(state.claims)
    for document in event.documents:
        amounts = booked(amounts, document, 1)
        claims[document.document_id] = Claim(run_date=event.run_date, document=document)
    return replace(_reach(state, event.billing, event.reached), amounts=amounts, claims=claims)


def _void(state: State, event: FeesVoided) -> State:
    claim = state.claims[event.document_id]
    reopened = {line.place: None for line in claim.document.lines}
    return replace(
        state,
        claims={**state.claims, event.document_id: claim.model_copy(update={"voided": True})},
        amounts=booked(state.amounts, claim.document, -1),
        reached={**state.reached, **reopened},
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case FeesClaimed():
            return _claim(state, event)
        case PeriodsReached():
            return _reach(state, event.billing, event.reached)
        case FeesVoided():
            return _void(state, event)
        case _:
            assert_never(event)


contract_account = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
