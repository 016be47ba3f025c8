"""What is left of an invoice to be given back, and the command that gives it back (R8)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.domain.document import DocumentLine
from carnet.invoicing.domain.goodwill import BilledInvoice, BilledLine, GrantGoodwill, State
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import GOODWILL
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime

INVOICES = ("invoice", "collective_invoice")


class Creditable(BaseModel):
    """A line of an invoice: what was billed net, what earlier credits took, what is left."""

    line_id: str
    text: str
    vat_rate: Decimal
    net: Decimal
    credited: Decimal
    left: Decimal


async def creditable(runtime: Runtime, row: DocumentRow) -> list[Creditable]:
    """Give the lines of an invoice of which something is left; none for another document."""
    if row.kind not in INVOICES or row.voided_on:
        return []
    taken, state = await taken_by_runs(runtime, row), await runtime.state(GOODWILL, row.document_id)
    lines = (left_of(line, taken.get(line.line_id, NOTHING), state) for line in row.whole.document.lines)
    return [line for line in lines if line.left > 0]


def left_of(line: DocumentLine, by_runs: Decimal, state: State) -> Creditable:
    credited = by_runs + state.given_back(line.line_id)
    told = line.model_dump(include={"line_id", "text", "vat_rate", "net"})
    return Creditable(**told, credited=credited, left=line.net - credited)


async def taken_by_runs(runtime: Runtime, row: DocumentRow) -> dict[str, Decimal]:
    """Give what the runs themselves credited, by line of the invoice."""
    found: dict[str, Decimal] = {}
    for _, line in await runtime.query(lambda session: document_queries.credits_of(session, row.document_id)):
        if line.corrected_line and not line.goodwill:
            found[line.corrected_line] = found.get(line.corrected_line, NOTHING) + (line.net or NOTHING)
    return found


async def granting(
    runtime: Runtime,
    row: DocumentRow,
    credit_id: UUID,
    day: date,
    reason: str,
    by_line: Mapping[str, Decimal],
    by_rate: Mapping[Decimal, Decimal],
) -> GrantGoodwill:
    """Give the command; raises Rejected for what is no invoice."""
    if row.kind not in INVOICES:
        raise Rejected("Credit an invoice: {number} is none.", number=row.number)
    return GrantGoodwill(
        credit_id=credit_id,
        invoice=await billed(runtime, row),
        granted_on=day,
        reason=reason,
        by_line=dict(by_line),
        by_rate=dict(by_rate),
        payable_step=house(runtime).step(row.currency),
    )


async def billed(runtime: Runtime, row: DocumentRow) -> BilledInvoice:
    taken = await taken_by_runs(runtime, row)
    lines = (
        BilledLine(
            line_id=each.line_id, vat_rate=each.vat_rate, net=each.net, credited=taken.get(each.line_id, NOTHING)
        )
        for each in row.whole.document.lines
    )
    told = row.model_dump(include={"number", "debtor_id", "currency", "issued_on"})
    return BilledInvoice(invoice_id=UUID(row.document_id), voided=row.voided_on is not None, lines=tuple(lines), **told)
