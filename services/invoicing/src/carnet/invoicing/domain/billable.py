"""An order is billed once, when it is done, its work is reported and its coverage is decided (R4, R8, R9)."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from carnet.invoicing.domain.money import CENT, NOTHING, Totals, totals
from carnet.invoicing.domain.order_facts import (
    ApprovalNoted,
    BillingRule,
    CancellationNoted,
    CompletionNoted,
    Fact,
    Known,
    OrderNoted,
    Outcome,
    awaited,
    hear,
)
from carnet.invoicing.domain.price_list import ListPrice
from carnet.invoicing.domain.tax import ItemTax
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.visit_charge import refuse_other_currency, visit_item
from carnet.invoicing.domain.work_lines import Coverage, WorkLine, minimum_line, work_line
from carnet.kernel.decider import Decider, Rejected

WORK = UUID("3a4f3c0e-61a5-5e0c-8d9c-55d1c2a4c1f2")  # the namespace of claims of work, for ever
Reason: TypeAlias = Literal["covered", "cancelled", "internal"]


class WorkClaimed(BaseModel, frozen=True):
    """The order's work is claimed: on a document of its own (id = `claim_id`), or for a collective one."""

    type: Literal["work-claimed.v1"] = "work-claimed.v1"
    claim_id: UUID
    order: OrderNoted
    coverage: Coverage
    closed_on: date
    claimed_on: date
    currency: str
    collective: bool
    lines: tuple[WorkLine, ...]
    totals: Totals


class NothingToBill(BaseModel, frozen=True):
    """The order is settled without a bill; the lines show its cost in `currency` and who bears it."""

    type: Literal["nothing-to-bill.v1"] = "nothing-to-bill.v1"
    order_id: str
    reason: Reason
    currency: str = "CHF"
    lines: tuple[WorkLine, ...] = ()


class WorkVoided(BaseModel, frozen=True):
    """The document of this claim was voided, so the order is to be billed again."""

    type: Literal["work-voided.v1"] = "work-voided.v1"
    claim_id: UUID
    recorded: date


Event: TypeAlias = Annotated[Fact | WorkClaimed | NothingToBill | WorkVoided, Field(discriminator="type")]


class Note(BaseModel, frozen=True):
    """Note a fact about the order, heard from another context, in any order."""

    fact: Fact = Field(discriminator="type")


class ClaimWork(BaseModel, frozen=True):
    """Bill the order; `unit_prices` are by item id, net, in `currency`, and `price_lists` say where they come from.

    `taxes` are by item id where they are not `vat` (R3). A `journey` is the article that stands for the travel of each
    report. What is billed comes to the `minimum` at least, net, unless the visit has its price by contract.
    """

    claimed_on: date
    rule: BillingRule
    currency: str
    unit_prices: dict[str, Decimal]
    price_lists: dict[str, ListPrice] = Field(default_factory=dict)
    vat: tuple[VatRate, ...]
    taxes: dict[str, ItemTax] = Field(default_factory=dict)
    payable_step: Decimal = CENT
    approve: bool = False
    journey: str | None = None
    minimum: Decimal = NOTHING


class VoidWork(BaseModel, frozen=True):
    claim_id: UUID
    recorded: date


Command: TypeAlias = Note | ClaimWork | VoidWork


@dataclass(frozen=True)
class State:
    known: Known = field(default_factory=Known)
    settled: WorkClaimed | NothingToBill | None = None
    voided: frozenset[UUID] = frozenset()


def contradicted(fact: Fact, state: State) -> WorkClaimed | None:
    """The claim that a new fact about the order contradicts; an approval contradicts none."""
    is_news = hear(state.known, fact) != state.known and not isinstance(fact, ApprovalNoted)
    return state.settled if is_news and isinstance(state.settled, WorkClaimed) else None


def note(fact: Fact, state: State) -> list[Event]:
    if hear(state.known, fact) == state.known:
        return []
    if contradicted(fact, state):
        raise Rejected("Void the invoice of this order before changing what it bills.")
    return [fact]


def claim(command: ClaimWork, state: State) -> list[Event]:
    if state.settled is not None:
        return []
    missing = awaited(state.known, command.rule, approve=command.approve)
    match state.known:
        case Known(order=OrderNoted() as order, outcome=CompletionNoted() | CancellationNoted() as outcome):
            if missing:
                raise Rejected(missing)
            return [_settled(command, state, order, outcome)]
        case _:
            raise Rejected(missing or "Complete the order before billing it.")


def void(command: VoidWork, state: State) -> list[Event]:
    if command.claim_id in state.voided:
        return []
    if not isinstance(state.settled, WorkClaimed) or state.settled.claim_id != command.claim_id:
        raise Rejected("Name the standing claim of this order: this one is not it.")
    return [WorkVoided(claim_id=command.claim_id, recorded=command.recorded)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Note(fact=fact):
            return note(fact, state)
        case ClaimWork():
            return claim(command, state)
        case VoidWork():
            return void(command, state)
        case _:
            assert_never(command)


def _settled(command: ClaimWork, state: State, order: OrderNoted, outcome: Outcome) -> Event:
    refuse_other_currency(state.known, command.currency)
    lines = _lines(command, state.known)
    reason = _unbilled(order, outcome, lines)
    if reason == "internal" or (reason and command.rule != "month_end"):
        return NothingToBill(order_id=order.order_id, reason=reason, currency=command.currency, lines=lines)
    lacking = None if visit_item(state.known) else minimum_line(order.order_id, lines, command.minimum)
    lines = (*lines, lacking) if lacking else lines
    return WorkClaimed(
        claim_id=uuid5(WORK, f"{order.order_id}/{len(state.voided) + 1}"),
        order=order,
        coverage=state.known.coverage or Coverage(),
        closed_on=outcome.closed_on,
        claimed_on=command.claimed_on,
        currency=command.currency,
        collective=command.rule == "month_end",
        lines=lines,
        totals=totals(((line.vat_rate, line.net) for line in lines), command.payable_step),
    )


def _unbilled(order: OrderNoted, outcome: Outcome, lines: tuple[WorkLine, ...]) -> Reason | None:
    """Why the order comes to 0.00; a collective invoice names it all the same (R5)."""
    if order.internal:
        return "internal"
    if isinstance(outcome, CancellationNoted):
        return "cancelled"
    return None if any(line.net for line in lines) else "covered"


def _lines(command: ClaimWork, known: Known) -> tuple[WorkLine, ...]:
    coverage, usual = known.coverage or Coverage(), ItemTax(rates=command.vat)
    return tuple(
        work_line(item, command.unit_prices, coverage, command.taxes.get(item.item_id, usual)).model_copy(
            update={"price_list": command.price_lists.get(item.item_id)}
        )
        for item in (*known.billed_items(command.journey), *visit_item(known))
    )


def _note(state: State, fact: Fact) -> State:
    """A new fact puts an order that was settled without a bill up for billing again."""
    keeps = isinstance(state.settled, WorkClaimed) or isinstance(fact, ApprovalNoted)
    return replace(state, known=hear(state.known, fact), settled=state.settled if keeps else None)


def evolve(state: State, event: Event) -> State:
    match event:
        case WorkClaimed() | NothingToBill():
            return replace(state, settled=event)
        case WorkVoided(claim_id=claim_id):
            return replace(state, settled=None, voided=state.voided | {claim_id})
        case _:
            return _note(state, event)


billable = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
