"""A claim is finished: its documents are put together and numbered (promise 8, step b)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from carnet.invoicing.billing.assembling import (
    Names,
    collective_document,
    fee_document,
    goodwill_document,
    reminder_document,
    work_document,
)
from carnet.invoicing.billing.letterhead import Letterhead, letterhead
from carnet.invoicing.billing.numbering import numbering
from carnet.invoicing.domain.article import ArticlePublished
from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.bookings import ReminderClaimed
from carnet.invoicing.domain.claims import ClaimedDocument, corrected_line
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.document import Corrected, CorrectedLine, Document
from carnet.invoicing.domain.goodwill import GoodwillGranted
from carnet.invoicing.domain.work_lines import WorkLine
from carnet.invoicing.read_models import contracts, nodes
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import ACCOUNTS, ARTICLES, BILLABLES
from carnet.kernel.because import Because
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


async def issue_fees(runtime: Runtime, claim: FeesClaimed, because: Because) -> None:
    """Number the invoice of a claim, then its credit note, which may correct that very invoice."""
    desk = numbering(runtime)
    if all(desk.number_of(document.document_id) for document in claim.documents):
        return
    head, names = await letterhead(runtime, claim.debtor_id), await fee_names(runtime, claim)
    for claimed in claim.documents:
        await desk.issue([await made(runtime, claim, claimed, head, names)], because)


async def made(
    runtime: Runtime, claim: FeesClaimed, claimed: ClaimedDocument, head: Letterhead, names: Names
) -> Document:
    named = dict.fromkeys(document_id for line in claimed.lines for document_id in line.corrects)
    corrects = {document_id: await corrected(runtime, document_id) for document_id in named}
    lines = await corrected_lines(runtime, claim, claimed, corrects) if named else {}
    return fee_document(claim, claimed, head, names, tuple(corrects.values()), lines)


async def corrected_lines(
    runtime: Runtime, claim: FeesClaimed, claimed: ClaimedDocument, corrects: Mapping[UUID, Corrected]
) -> dict[str, CorrectedLine]:
    """Give the invoice line that each line of a credit note corrects first, by the line of the credit note."""
    claims = (await runtime.state(ACCOUNTS, claim.contract_id)).claims
    found = {line.line_id: corrected_line(line, claims) for line in claimed.lines}
    return {
        line_id: CorrectedLine(document_id=document_id, number=corrects[document_id].number, line_id=original)
        for line_id, (document_id, original) in found.items()
    }


async def corrected(runtime: Runtime, document_id: UUID) -> Corrected:
    """Give the number of an invoice that a credit note corrects; raises NotYet as long as it has none."""
    if (known := numbering(runtime).number_of(document_id)) is not None:
        return known
    row = await runtime.query(lambda session: session.get(DocumentRow, str(document_id)))
    if row is None or not row.number:
        raise NotYet("Issue the invoice that the credit note corrects first.")
    return Corrected(document_id=document_id, number=row.number, issued_on=row.whole.document.issued_on)


async def issue_work(runtime: Runtime, claim: WorkClaimed, because: Because) -> None:
    """Number the invoice of one order; what waits for a collective invoice gets none of its own."""
    if claim.collective:
        return
    head = await letterhead(runtime, claim.order.debtor_id)
    names = await work_names(runtime, claim.lines, [claim.order.order_id])
    await numbering(runtime).issue([work_document(claim, head, names)], because)


async def issue_group(runtime: Runtime, group: OrdersGrouped, because: Because) -> None:
    """Number a collective invoice; orders that come to 0.00 together make none."""
    if group.document_id is None:
        return
    head = await letterhead(runtime, group.key.debtor_id)
    lines = [line for block in group.blocks for line in block.lines]
    names = await work_names(runtime, lines, [block.order_id for block in group.blocks])
    await numbering(runtime).issue([collective_document(group, group.document_id, head, names)], because)


async def issue_reminder(runtime: Runtime, claim: ReminderClaimed, because: Because) -> None:
    head = await letterhead(runtime, claim.reminder.debtor_id)
    await numbering(runtime).issue([reminder_document(claim.reminder, head)], because)


async def issue_goodwill(runtime: Runtime, granted: GoodwillGranted, because: Because) -> None:
    """Number the credit note that a person granted; its lines are those of the invoice, at what is given back."""
    row = await runtime.query(lambda session: session.get(DocumentRow, str(granted.invoice_id)))
    if row is None or not row.number:
        raise NotYet("The invoice that is credited is not read yet.")
    head = await letterhead(runtime, granted.debtor_id)
    await numbering(runtime).issue([goodwill_document(granted, row.whole, head)], because)


async def fee_names(runtime: Runtime, claim: FeesClaimed) -> Names:
    row = await runtime.query(lambda session: contracts.one(session, claim.contract_id))
    return Names(objects=await object_names(runtime, objects_of(claim)), contract=row.number if row else "")


def objects_of(claim: FeesClaimed) -> list[str]:
    return [line.object_id for document in claim.documents for line in document.lines if line.object_id]


async def work_names(runtime: Runtime, lines: Sequence[WorkLine], order_ids: Iterable[str]) -> Names:
    codes = sorted({line.article for line in lines if line.article})
    objects = await object_names(runtime, [line.object_id for line in lines if line.object_id])
    return Names(await articles(runtime, codes), objects, await order_numbers(runtime, order_ids))


async def articles(runtime: Runtime, codes: Iterable[str]) -> dict[str, ArticlePublished]:
    states = {code: await runtime.state(ARTICLES, code) for code in codes}
    return {code: state.published for code, state in states.items() if state.published}


async def order_numbers(runtime: Runtime, order_ids: Iterable[str]) -> dict[str, str]:
    states = {order_id: await runtime.state(BILLABLES, order_id) for order_id in order_ids}
    return {order_id: state.known.order.number for order_id, state in states.items() if state.known.order}


async def object_names(runtime: Runtime, object_ids: Sequence[str]) -> dict[str, str]:
    return await runtime.query(lambda session: nodes.names(session, object_ids)) if object_ids else {}
