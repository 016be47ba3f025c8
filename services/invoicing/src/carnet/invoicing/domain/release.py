"""The fees of an invoice are released month by month, as they are earned; what is released once stays so (R12)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.domain.closing import month_end, next_month
from carnet.invoicing.domain.deferral import BilledAhead, Credited, standing
from carnet.invoicing.domain.money import NOTHING
from carnet.kernel.decider import Decider

FeeKind: TypeAlias = Literal["fee", "licence"]


class ReleasedFee(BaseModel, frozen=True):
    """What of a line is earned by now and was not released yet; negative where a credit or a void takes back."""

    line_id: str
    kind: FeeKind
    amount: Decimal


class RevenueReleased(BaseModel, frozen=True):
    """Fees of one document released up to the end of a month."""

    type: Literal["revenue-released.v1"] = "revenue-released.v1"
    document_id: UUID
    number: str
    debtor_id: str
    currency: str
    until: date
    fees: tuple[ReleasedFee, ...]


class FeeCredit(BaseModel, frozen=True):
    """A credit of a line, until it was voided itself."""

    credit: Credited
    voided_on: date | None = None


class BilledFee(BaseModel, frozen=True):
    """A fee line of the document as it stands."""

    line_id: str
    kind: FeeKind
    billed: BilledAhead
    credits: tuple[FeeCredit, ...] = ()


class ReleaseRevenue(BaseModel, frozen=True):
    """Release what the document's fees have earned by the end of each month up to `until`, the last day of one."""

    document_id: UUID
    number: str
    debtor_id: str
    currency: str
    issued_on: date
    voided_on: date | None = None
    fees: tuple[BilledFee, ...]
    until: date


Event: TypeAlias = RevenueReleased
Command: TypeAlias = ReleaseRevenue


@dataclass(frozen=True)
class State:
    """What is released, by line, and the last month for which there was something to release."""

    released: Mapping[str, Decimal] = field(default_factory=dict)
    until: date | None = None

    def of(self, line_id: str) -> Decimal:
        return self.released.get(line_id, NOTHING)


def decide(command: Command, state: State) -> list[Event]:
    events: list[Event] = []
    for month in _months(state.until or month_end(command.issued_on), command.until):
        fees = tuple(_earned_now(command, state, month))
        if fees:
            told = command.model_dump(include={"document_id", "number", "debtor_id", "currency"})
            events.append(RevenueReleased(**told, until=month, fees=fees))
            state = evolve(state, events[-1])
    return events


def _months(first: date, last: date) -> Iterator[date]:
    month = month_end(first)
    while month <= last:
        yield month
        month = month_end(next_month(month))


def _earned_now(command: ReleaseRevenue, state: State, month: date) -> Iterator[ReleasedFee]:
    voided = command.voided_on is not None and command.voided_on <= month
    for fee in command.fees:
        earned = NOTHING if voided else _earned(fee, month)
        if earned != state.of(fee.line_id):
            yield ReleasedFee(line_id=fee.line_id, kind=fee.kind, amount=earned - state.of(fee.line_id))


def _earned(fee: BilledFee, month: date) -> Decimal:
    held = [each.credit for each in fee.credits if each.voided_on is None or each.voided_on > month]
    return standing(fee.billed, month, held).earned


def evolve(state: State, event: Event) -> State:
    now = {fee.line_id: state.of(fee.line_id) + fee.amount for fee in event.fees}
    return State({**state.released, **now}, event.until)


release = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
