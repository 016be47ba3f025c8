"""The books of some days, computed from the documents that were issued: revenue by kind, and what is deferred (R12)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Day
from carnet.invoicing.domain.deferral import BilledAhead, Credited, standing
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.read_models.documents import DocumentRow, LineRow
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["books"])
NAMES = {"fee": "fees"}  # the ledger's word for a kind of line, where it is another
Pair = tuple[DocumentRow, LineRow]


class Account(BaseModel):
    """One currency; credit notes count as negative, voided documents not at all."""

    documents: int = 0
    net: Decimal = Decimal("0.00")
    by_kind: dict[str, Decimal]
    vat: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal("0.00")
    total: Decimal = Decimal("0.00")


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


@router.get("/ledger", dependencies=[CaughtUp])
async def ledger(
    first_day: Annotated[Day, Query(alias="from")],
    last_day: Annotated[Day, Query(alias="to")],
    runtime: RuntimeDep,
    _: Identified,
) -> dict[str, Account]:
    """Give net by kind, VAT, rounding and total of the documents issued on some days, by currency."""
    rows = await runtime.query(lambda session: document_queries.issued_between(session, first_day, last_day))
    accounts: dict[str, Account] = {}
    for row in rows:
        post(accounts.setdefault(row.currency, Account(by_kind={})), row)
    return accounts


def post(account: Account, row: DocumentRow) -> None:
    """Add a document to its account; its total is what is payable."""
    document = row.whole.document
    sign = -1 if document.kind == "credit_note" else 1
    for line in document.lines:
        name = NAMES.get(line.kind, line.kind)
        account.by_kind[name] = account.by_kind.get(name, Decimal("0.00")) + sign * line.net
    foot = document.totals
    account.documents += 1
    account.net += sign * foot.net
    account.vat += sign * sum(foot.vat.values(), Decimal(0))
    account.rounding += sign * foot.rounding
    account.total += sign * foot.payable


@router.get("/deferrals", dependencies=[CaughtUp])
async def deferrals(until: Day, runtime: RuntimeDep, _: Identified) -> Deferrals:
    """Give what of the fees is earned by the end of a day; listed is what is still deferred."""
    lines = await runtime.query(lambda session: document_queries.fee_lines(session, until))
    found = [deferral(each, credits_of(each, lines), until) for each in lines if each[0].kind == "invoice"]
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


def deferral(billed: Pair, credited: list[Credited], until: date) -> Deferral:
    row, line = billed
    ahead = BilledAhead.model_validate(line.model_dump(include={"first_day", "last_day", "net"}))
    stand = standing(ahead, until, credited)
    named = line.model_dump(include={"line_id", "contract_id", "position_id"})
    return Deferral(
        document_id=row.document_id,
        number=row.number,
        currency=row.currency,
        **named,
        **ahead.model_dump(),
        earned=stand.earned,
        deferred=stand.deferred,
    )


def credits_of(billed: Pair, lines: Sequence[Pair]) -> list[Credited]:
    """Give the credits of an invoice's line: those whose credit note names this invoice first."""
    row, line = billed
    return [
        credit(line, other, note)
        for note, other in lines
        if note.kind == "credit_note"
        and (other.contract_id, other.position_id) == (line.contract_id, line.position_id)
        and str(note.whole.document.corrects[0].document_id) == row.document_id
    ]


def credit(line: LineRow, other: LineRow, note: DocumentRow) -> Credited:
    """Give a credit; one that reaches to the line's end ends the cover on the day before it begins."""
    ends = other.first_day is not None and other.last_day == line.last_day
    covered_until = other.first_day - timedelta(days=1) if ends and other.first_day else None
    return Credited.model_validate({"credited_on": note.issued_on, "net": other.net, "covered_until": covered_until})
