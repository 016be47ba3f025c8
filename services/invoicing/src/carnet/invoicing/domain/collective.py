"""Orders of one debtor share an invoice up to the cut-off date when every grouping key agrees (R5).

Until then an order may change: its claim is withdrawn, and it is claimed anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from carnet.invoicing.domain.money import CENT, Totals, totals
from carnet.invoicing.domain.work_lines import WorkLine
from carnet.kernel.decider import Decider, Rejected

GROUPS = UUID("b0b7f6f4-6f0e-5c3f-9f83-2a1d7b0d9a60")  # the namespace of collective invoices, for ever


class GroupingKey(BaseModel, frozen=True):
    """What orders must have in common; `customer_order_number` only where the debtor requires it."""

    legal_entity: str
    debtor_id: str
    property_id: str | None = None
    billing_address: str
    currency: str
    language: str
    payment_terms: str
    vat_regime: str
    price_mode: Literal["net", "gross"] = "net"
    channel: str
    customer_order_number: str | None = None


class OrderBlock(BaseModel, frozen=True):
    """A source order with its own lines and date of service."""

    order_id: str
    claim_id: UUID
    closed_on: date
    lines: tuple[WorkLine, ...]


class Candidate(OrderBlock, frozen=True):
    """A claimed order that waits for its collective invoice."""

    key: GroupingKey


class OrdersGrouped(BaseModel, frozen=True):
    """These orders share an invoice; without a `document_id` their sum is 0.00 and none is made."""

    type: Literal["orders-grouped.v1"] = "orders-grouped.v1"
    cut_off: date
    key: GroupingKey
    blocks: tuple[OrderBlock, ...]
    totals: Totals
    document_id: UUID | None = None


class OrderWithdrawn(BaseModel, frozen=True):
    """The order changed before an invoice billed it: this claim of it is not grouped any more."""

    type: Literal["order-withdrawn.v1"] = "order-withdrawn.v1"
    order_id: str
    claim_id: UUID


class GroupOrders(BaseModel, frozen=True):
    """Group all candidates closed by the cut-off date; `payable_steps` are per currency."""

    cut_off: date
    candidates: tuple[Candidate, ...]
    payable_steps: dict[str, Decimal]


class WithdrawOrder(BaseModel, frozen=True):
    """Take a claim back that waits for its invoice."""

    order_id: str
    claim_id: UUID


Event: TypeAlias = Annotated[OrdersGrouped | OrderWithdrawn, Field(discriminator="type")]
Command: TypeAlias = GroupOrders | WithdrawOrder


@dataclass(frozen=True)
class State:
    """The claims that are grouped, those of them that an invoice lists, and those that were withdrawn."""

    grouped: frozenset[UUID] = frozenset()
    listed: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()


def groups(candidates: Iterable[Candidate]) -> dict[GroupingKey, list[Candidate]]:
    """Candidates by grouping key, in order of first appearance."""
    found: dict[GroupingKey, list[Candidate]] = {}
    for candidate in candidates:
        found.setdefault(candidate.key, []).append(candidate)
    return found


def group(command: GroupOrders, state: State) -> list[Event]:
    due = {c.claim_id: c for c in command.candidates if c.closed_on <= command.cut_off}
    done = state.grouped | state.withdrawn
    waiting = [candidate for claim_id, candidate in due.items() if claim_id not in done]
    return [_grouped(command, key, members) for key, members in groups(waiting).items()]


def withdraw(command: WithdrawOrder, state: State) -> list[Event]:
    if command.claim_id in state.withdrawn:
        return []
    if command.claim_id in state.listed:
        raise Rejected("Void the invoice of this order before changing what it bills.")
    return [OrderWithdrawn(order_id=command.order_id, claim_id=command.claim_id)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case GroupOrders():
            return group(command, state)
        case WithdrawOrder():
            return withdraw(command, state)
        case _:
            assert_never(command)


def _grouped(command: GroupOrders, key: GroupingKey, members: list[Candidate]) -> OrdersGrouped:
    step = command.payable_steps.get(key.currency, CENT)
    foot = totals(((line.vat_rate, line.net) for member in members for line in member.lines), step)
    claims = "|".join(str(member.claim_id) for member in members)
    return OrdersGrouped(
        cut_off=command.cut_off,
        key=key,
        blocks=tuple(_block(member) for member in members),
        totals=foot,
        document_id=uuid5(GROUPS, claims) if foot.net else None,
    )


def _block(member: Candidate) -> OrderBlock:
    return OrderBlock(
        order_id=member.order_id,
        claim_id=member.claim_id,
        closed_on=member.closed_on,
        lines=member.lines,
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case OrdersGrouped(blocks=blocks, document_id=document_id):
            grouped = state.grouped | {block.claim_id for block in blocks}
            listed = {block.claim_id for block in blocks if block.lines and document_id}
            return replace(state, grouped=grouped, listed=state.listed | listed)
        case OrderWithdrawn(claim_id=claim_id):
            return replace(state, withdrawn=state.withdrawn | {claim_id})
        case _:
            assert_never(event)


collective = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
