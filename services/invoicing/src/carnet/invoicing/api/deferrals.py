"""What of the fees is earned by a day and what is deferred, computed from the documents that were issued (R12)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.invoicing.billing.deferring import Pair, ahead, credit, credits_by_line
from carnet.invoicing.billing.entries import Day
from carnet.invoicing.domain.deferral import standing
from carnet.invoicing.read_models import document_queries
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["books"])


class Deferral(BaseModel):
    """A fee billed in advance: what of it is earned by the day, and what is still deferred."""

    document_id: str
    number: str
    line_id: str
    contract_id: str | None
    position_id: str | None
    currency: str
    first_day: date
    last_day: date
    net: Decimal
    earned: Decimal
    deferred: Decimal


class Deferrals(BaseModel):
    until: date
    earned: dict[str, Decimal]
    deferred: dict[str, Decimal]
    items: list[Deferral]


@router.get("/deferrals", dependencies=[CaughtUp])
async def deferrals(until: Day, runtime: RuntimeDep, _: Identified) -> Deferrals:
    """Give what of the fees is earned by the end of a day; listed is what is still deferred."""
    lines = await runtime.query(lambda session: document_queries.fee_lines(session, until))
    standing_lines = [each for each in lines if each[0].voided_on is None]
    notes = credits_by_line(standing_lines)
    found = [
        deferral(each, notes.get((each[1].document_id, each[1].line_id), ()), until)
        for each in standing_lines
        if each[0].kind == "invoice"
    ]
    return Deferrals(
        until=until,
        earned=sums((each.currency, each.earned) for each in found),
        deferred=sums((each.currency, each.deferred) for each in found),
        items=[each for each in found if each.deferred],
    )


def sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    by_currency: dict[str, Decimal] = {}
    for currency, amount in amounts:
        by_currency[currency] = by_currency.get(currency, Decimal("0.00")) + amount
    return by_currency


def deferral(billed: Pair, notes: Sequence[Pair], until: date) -> Deferral:
    row, line = billed
    billed_ahead = ahead(line)
    stand = standing(billed_ahead, until, [credit(line, *note) for note in notes])
    named = line.model_dump(include={"line_id", "contract_id", "position_id"})
    return Deferral(
        document_id=row.document_id,
        number=row.number,
        currency=row.currency,
        **named,
        **billed_ahead.model_dump(),
        earned=stand.earned,
        deferred=stand.deferred,
    )
