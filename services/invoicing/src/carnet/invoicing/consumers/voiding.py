"""A voided document reopens what it billed: the contract's fees or the orders' work, and the debtor's account (R8)."""

from collections.abc import Iterable
from uuid import UUID

from carnet.invoicing.domain.billable import VoidWork
from carnet.invoicing.domain.contract_account import VoidFees
from carnet.invoicing.domain.document import Document
from carnet.invoicing.domain.goodwill import VoidGoodwill
from carnet.invoicing.domain.issued_document import DocumentVoided
from carnet.invoicing.domain.receivables import VoidBooking
from carnet.invoicing.read_models import claims
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import ACCOUNTS, BILLABLES, GOODWILL, RECEIVABLES
from carnet.kernel.because import Because
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

REOPENED = "a voided document reopens what it billed"


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    async def reopen(heard: Heard[DocumentVoided]) -> None:
        fact, because = heard.fact, heard.because(REOPENED)
        row = await runtime.query(lambda session: session.get(DocumentRow, str(fact.document_id)))
        if row is None or not row.number:
            raise NotYet(f"The document {fact.number} is not read yet.")
        await reopen_source(runtime, row.whole.document, fact, because)
        if row.payable:
            await reopen_account(runtime, fact, because)

    return (Reaction(REOPENED, {DocumentVoided: reopen}, start="beginning"),)


async def reopen_source(runtime: Runtime, document: Document, fact: DocumentVoided, because: Because) -> None:
    """Reopen what the document billed; a goodwill credit billed nothing, its lines may be credited again."""
    contract_ids = sorted({line.contract_id for line in document.lines if line.contract_id})
    if document.goodwill:
        command = VoidGoodwill(credit_id=fact.document_id, recorded=fact.voided_on)
        await runtime.handle(GOODWILL, document.corrects[0].document_id, command, because)
    elif contract_ids:
        await reopen_fees(runtime, contract_ids, fact, because)
    else:
        await reopen_work(runtime, fact, because)


async def reopen_account(runtime: Runtime, fact: DocumentVoided, because: Because) -> None:
    if not (await runtime.state(RECEIVABLES, fact.debtor_id)).has(fact.document_id):
        raise NotYet(f"The document {fact.number} is not booked yet.")
    command = VoidBooking(document_id=fact.document_id, voided_on=fact.voided_on)
    await runtime.handle(RECEIVABLES, fact.debtor_id, command, because)


async def reopen_work(runtime: Runtime, fact: DocumentVoided, because: Because) -> None:
    of_orders = await runtime.query(lambda session: claims.of_document(session, str(fact.document_id)))
    if not of_orders:
        raise NotYet(f"The orders of {fact.number} are not read yet.")
    for claim_id, order_id in of_orders:
        command = VoidWork(claim_id=UUID(claim_id), recorded=fact.voided_on)
        await runtime.handle(BILLABLES, order_id, command, because)


async def reopen_fees(runtime: Runtime, contract_ids: Iterable[str], fact: DocumentVoided, because: Because) -> None:
    for contract_id in contract_ids:
        command = VoidFees(document_id=fact.document_id, recorded=fact.voided_on)
        await runtime.handle(ACCOUNTS, contract_id, command, because)
