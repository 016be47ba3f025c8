"""The fees on the books with their credits, and the run that releases what they have earned (R12)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from carnet.invoicing.domain.closing import first_of, month_end
from carnet.invoicing.domain.deferral import BilledAhead, Credited
from carnet.invoicing.domain.release import BilledFee, FeeCredit, FeeKind, ReleaseRevenue
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.read_models.documents import DocumentRow, LineRow
from carnet.invoicing.streams import RELEASES
from carnet.kernel.because import Because
from carnet.kernel.runtime import Runtime

Pair = tuple[DocumentRow, LineRow]
Credits = Mapping[tuple[str | None, str | None], Sequence[Pair]]


@dataclass
class Released:
    """What a run released, by currency, and of how many documents."""

    until: date
    documents: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)


def ended(day: date) -> date:
    """Give the last day of the newest month that is over at the end of a day."""
    return day if day == month_end(day) else first_of(day) - timedelta(days=1)


async def release(runtime: Runtime, day: date, because: Because) -> Released:
    """Release what the fees have earned by the newest month end; once more releases nothing."""
    done = Released(ended(day))
    lines = await runtime.query(lambda session: document_queries.fee_lines(session, done.until))
    for command in commands(lines, done.until):
        outcome = await runtime.handle(RELEASES, command.document_id, command, because)
        done.documents += bool(outcome.events)
        for event in outcome.events:
            before = done.amounts.get(event.currency, Decimal("0.00"))
            done.amounts[event.currency] = before + sum(fee.amount for fee in event.fees)
    return done


def commands(lines: Sequence[Pair], until: date) -> Iterator[ReleaseRevenue]:
    """Give the command of each invoice that bills fees, voided ones too."""
    notes, of_document = credits_by_line(lines), defaultdict[str, list[Pair]](list)
    for pair in lines:
        if pair[0].kind == "invoice":
            of_document[pair[0].document_id].append(pair)
    for document_id, pairs in of_document.items():
        row = pairs[0][0]
        told = row.model_dump(include={"number", "debtor_id", "currency", "issued_on", "voided_on"})
        fees = tuple(fee(line, notes.get((document_id, line.line_id), ())) for _, line in pairs)
        yield ReleaseRevenue(document_id=UUID(document_id), until=until, fees=fees, **told)


def fee(line: LineRow, notes: Sequence[Pair]) -> BilledFee:
    found = tuple(FeeCredit(credit=credit(line, *note), voided_on=note[0].voided_on) for note in notes)
    return BilledFee(line_id=line.line_id, kind=cast(FeeKind, line.kind), billed=ahead(line), credits=found)


def credits_by_line(lines: Sequence[Pair]) -> Credits:
    """Give the credits by the line (document, line id) that each takes from."""
    found = defaultdict[tuple[str | None, str | None], list[Pair]](list)
    for note, line in lines:
        if note.kind == "credit_note":
            found[line.corrected_document, line.corrected_line].append((note, line))
    return found


def ahead(line: LineRow) -> BilledAhead:
    return BilledAhead.model_validate(line.model_dump(include={"first_day", "last_day", "net"}))


def credit(line: LineRow, note: DocumentRow, other: LineRow) -> Credited:
    """Give a credit; one that reaches to the line's end ends the cover on the day before it begins.

    Goodwill leaves the cover as it is.
    """
    ends = not other.goodwill and other.first_day is not None and other.last_day == line.last_day
    covered_until = other.first_day - timedelta(days=1) if ends and other.first_day else None
    return Credited.model_validate({"credited_on": note.issued_on, "net": other.net, "covered_until": covered_until})
