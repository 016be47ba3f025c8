"""What of the fees is earned by a day and what is deferred, computed from the documents that were issued (R12)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Day
from carnet.invoicing.domain.deferral import BilledAhead, Credited, standing
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.read_models.documents import DocumentRow, LineRow
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["books"])
Pair = tuple[DocumentRow, LineRow]
Place = tuple[str, str | None, str | None]


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
    notes = credits_by_line(lines)
    found = [deferral(each, notes.get(line_key(each[1]), []), until) for each in lines if each[0].kind == "invoice"]
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


def credits_by_line(lines: Sequence[Pair]) -> dict[tuple[str, str], list[Pair]]:
    """Give the credits by the line that they take from."""
    billed: dict[Place, list[LineRow]] = defaultdict(list)
    for row, line in lines:
        if row.kind == "invoice":
            billed[place(row.document_id, line)].append(line)
    found: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for note, line in lines:
        if note.kind == "credit_note" and (original := credited_line(note, line, billed)):
            found[line_key(original)].append((note, line))
    return found


def credited_line(note: DocumentRow, line: LineRow, billed: Mapping[Place, Sequence[LineRow]]) -> LineRow | None:
    """Give the first line of the corrected invoices that bills the position in the days of the credit."""
    names = [str(corrected.document_id) for corrected in note.whole.document.corrects]
    lines = [each for name in names for each in billed.get(place(name, line), ())]
    return next((each for each in lines if overlaps(each, line)), None)


def overlaps(one: LineRow, other: LineRow) -> bool:
    a, b = ahead(one), ahead(other)
    return a.first_day <= b.last_day and b.first_day <= a.last_day


def ahead(line: LineRow) -> BilledAhead:
    return BilledAhead.model_validate(line.model_dump(include={"first_day", "last_day", "net"}))


def place(document_id: str, line: LineRow) -> Place:
    return document_id, line.contract_id, line.position_id


def line_key(line: LineRow) -> tuple[str, str]:
    return line.document_id, line.line_id


def credit(line: LineRow, note: DocumentRow, other: LineRow) -> Credited:
    """Give a credit; one that reaches to the line's end ends the cover on the day before it begins.

    Goodwill leaves the cover as it is.
    """
    ends = not other.goodwill and other.first_day is not None and other.last_day == line.last_day
    covered_until = other.first_day - timedelta(days=1) if ends and other.first_day else None
    return Credited.model_validate({"credited_on": note.issued_on, "net": other.net, "covered_until": covered_until})
