"""A goodwill credit gives back a part of an invoice, line by line, and never reopens what a run has billed (R8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.money import CENT, NOTHING, Totals, totals
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.sentence import Sentence


class CreditedLine(BaseModel, frozen=True):
    """What is given back of one line of the invoice, net, at that line's VAT rate in percent."""

    line_id: str
    vat_rate: Decimal
    net: Decimal


class GoodwillGranted(BaseModel, frozen=True):
    """A credit note of these lines is to be issued under `credit_id`."""

    type: Literal["goodwill-granted.v1"] = "goodwill-granted.v1"
    credit_id: UUID
    invoice_id: UUID
    debtor_id: str
    currency: str
    granted_on: date
    reason: str
    lines: tuple[CreditedLine, ...]
    totals: Totals


class GoodwillVoided(BaseModel, frozen=True):
    """The credit note was voided: what it gave back is owed again."""

    type: Literal["goodwill-voided.v1"] = "goodwill-voided.v1"
    credit_id: UUID
    recorded: date


class BilledLine(BaseModel, frozen=True):
    """A line of the invoice as it stands; `credited` is what runs have taken back of it themselves (R2)."""

    line_id: str
    vat_rate: Decimal
    net: Decimal
    credited: Decimal = NOTHING


class BilledInvoice(BaseModel, frozen=True):
    """The invoice that is credited."""

    invoice_id: UUID
    number: str
    debtor_id: str
    currency: str
    issued_on: date
    voided: bool
    lines: tuple[BilledLine, ...]


class GrantGoodwill(BaseModel, frozen=True):
    """Give back net amounts: of lines by their id, or of a VAT rate, which takes them from its lines in order."""

    credit_id: UUID
    invoice: BilledInvoice
    granted_on: date
    reason: str
    by_line: dict[str, Decimal] = Field(default_factory=dict)
    by_rate: dict[Decimal, Decimal] = Field(default_factory=dict)
    payable_step: Decimal = CENT


class VoidGoodwill(BaseModel, frozen=True):
    credit_id: UUID
    recorded: date


Event: TypeAlias = Annotated[GoodwillGranted | GoodwillVoided, Field(discriminator="type")]
Command: TypeAlias = GrantGoodwill | VoidGoodwill


@dataclass(frozen=True)
class State:
    """The credits of one invoice that stand, and those that were voided."""

    granted: Mapping[UUID, GoodwillGranted] = field(default_factory=dict)
    voided: frozenset[UUID] = frozenset()

    def given_back(self, line_id: str) -> Decimal:
        lines = (line for granted in self.granted.values() for line in granted.lines)
        return sum((line.net for line in lines if line.line_id == line_id), NOTHING)


def grant(command: GrantGoodwill, state: State) -> list[Event]:
    if command.credit_id in {*state.granted, *state.voided}:
        return []
    _refuse_nonsense(command)
    left = {line.line_id: line.net - line.credited - state.given_back(line.line_id) for line in command.invoice.lines}
    lines = tuple(_credited(command, left))
    return [
        GoodwillGranted(
            credit_id=command.credit_id,
            granted_on=command.granted_on,
            reason=command.reason.strip(),
            lines=lines,
            totals=totals(((line.vat_rate, line.net) for line in lines), command.payable_step),
            **command.invoice.model_dump(include={"invoice_id", "debtor_id", "currency"}),
        )
    ]


def void(command: VoidGoodwill, state: State) -> list[Event]:
    if command.credit_id in state.voided:
        return []
    if command.credit_id not in state.granted:
        raise Rejected("Name a goodwill credit of this invoice: this one is not.")
    return [GoodwillVoided(**command.model_dump())]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case GrantGoodwill():
            return grant(command, state)
        case VoidGoodwill():
            return void(command, state)
        case _:
            assert_never(command)


def _refuse_nonsense(command: GrantGoodwill) -> None:
    invoice, amounts = command.invoice, [*command.by_line.values(), *command.by_rate.values()]
    if not command.reason.strip():
        raise Rejected("Give a reason for the credit on {number}.", number=invoice.number)
    if invoice.voided:
        raise Rejected("Credit the invoice that replaced {number}: this one is voided.", number=invoice.number)
    if command.granted_on < invoice.issued_on:
        raise Rejected(
            "Date the credit on {day} or later: {number} is of that day.", day=invoice.issued_on, number=invoice.number
        )
    if not amounts or min(amounts) <= 0 or any(amount % CENT for amount in amounts):
        raise Rejected("Enter what is given back, more than 0.00 and to the cent, for a line or for a VAT rate.")
    if command.by_line and command.by_rate:
        raise Rejected("Give back either of lines or of VAT rates, not of both at once.")


def _credited(command: GrantGoodwill, left: Mapping[str, Decimal]) -> Iterator[CreditedLine]:
    lines = command.invoice.lines
    for line_id, amount in command.by_line.items():
        yield from _taken(
            Sentence("line {line}", line=line_id), amount, [line for line in lines if line.line_id == line_id], left
        )
    for rate, amount in command.by_rate.items():
        yield from _taken(
            Sentence("the rate {rate} %", rate=rate), amount, [line for line in lines if line.vat_rate == rate], left
        )


def _taken(
    called: str, amount: Decimal, lines: Sequence[BilledLine], left: Mapping[str, Decimal]
) -> Iterator[CreditedLine]:
    """Take an amount from lines in their order, from each at most what is left of it."""
    most = sum((max(left[line.line_id], NOTHING) for line in lines), NOTHING)
    if amount > most:
        raise Rejected(
            "Give back at most {most} of {called}: no more of it is left after earlier credits.",
            most=most,
            called=called,
        )
    for line in lines:
        part = min(amount, left[line.line_id])
        if part > 0:
            yield CreditedLine(line_id=line.line_id, vat_rate=line.vat_rate, net=part)
            amount -= part


def evolve(state: State, event: Event) -> State:
    match event:
        case GoodwillGranted(credit_id=credit_id):
            return replace(state, granted={**state.granted, credit_id: event})
        case GoodwillVoided(credit_id=credit_id):
            standing = {key: granted for key, granted in state.granted.items() if key != credit_id}
            return replace(state, granted=standing, voided=state.voided | {credit_id})
        case _:
            assert_never(event)


goodwill = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
