"""Whatever moves money in the books is posted into the journal, once."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from carnet.invoicing.billing.journal import POSTED, chart, post
from carnet.invoicing.domain.bookings import PaymentRecorded, ReminderClaimed
from carnet.invoicing.domain.document import Document
from carnet.invoicing.domain.entry import of_charges, of_document, of_payment, of_release, reversed_lines
from carnet.invoicing.domain.issued_document import DocumentVoided
from carnet.invoicing.domain.posting import Post
from carnet.invoicing.domain.release import RevenueReleased
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.because import derived_id
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

React = Callable[[Heard[Any]], Awaitable[None]]


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    def posting(entry: Callable[[Runtime, Heard[Any]], Awaitable[Post]]) -> React:
        async def react(heard: Heard[Any]) -> None:
            told = await entry(runtime, heard)
            await post(runtime, told, heard.notice.position, heard.because(POSTED))

        return react

    heard: dict[type[BaseModel], React] = {
        DocumentIssued: posting(of_issued),
        DocumentVoided: posting(of_voided),
        PaymentRecorded: posting(of_money),
        ReminderClaimed: posting(of_reminder),
        RevenueReleased: posting(of_earned),
    }
    return (Reaction(POSTED, heard, start="beginning"),)


async def of_issued(runtime: Runtime, heard: Heard[DocumentIssued]) -> Post:
    """Give the entry of an invoice or a credit note; a reminder itself moves nothing, its charges do."""
    document = heard.fact.document
    return Post(
        entry_id=document.document_id,
        source="credit_note" if document.kind == "credit_note" else "invoice",
        reference=heard.fact.number,
        document_id=document.document_id,
        debtor_id=document.recipient.party_id,
        currency=document.currency,
        dated=document.issued_on,
        lines=() if document.kind == "reminder" else of_document(document, chart(runtime)),
    )


async def of_voided(runtime: Runtime, heard: Heard[DocumentVoided]) -> Post:
    fact, document = heard.fact, await voided(runtime, heard.fact)
    return Post(
        entry_id=derived_id("void", fact.document_id),
        source="void",
        reference=fact.number,
        document_id=fact.document_id,
        debtor_id=fact.debtor_id,
        currency=document.currency,
        dated=fact.voided_on,
        lines=reversed_lines(of_document(document, chart(runtime))),
    )


async def voided(runtime: Runtime, fact: DocumentVoided) -> Document:
    row = await runtime.query(lambda session: session.get(DocumentRow, str(fact.document_id)))
    if row is None or not row.number:
        raise NotYet(f"The document {fact.number} is not read yet.")
    return row.whole.document


async def of_money(runtime: Runtime, heard: Heard[PaymentRecorded]) -> Post:
    fact = heard.fact
    return Post(
        entry_id=fact.payment_id,
        source="payment",
        debtor_id=heard.notice.stream.removeprefix(f"{RECEIVABLES.name}-"),
        currency=fact.currency,
        dated=fact.paid_on,
        lines=of_payment(fact.amount, chart(runtime)),
    )


async def of_reminder(runtime: Runtime, heard: Heard[ReminderClaimed]) -> Post:
    reminder = heard.fact.reminder
    return Post(
        entry_id=reminder.reminder_id,
        source="reminder",
        document_id=reminder.reminder_id,
        debtor_id=reminder.debtor_id,
        currency=reminder.currency,
        dated=reminder.run_date,
        lines=of_charges(reminder.charges, chart(runtime)),
    )


async def of_earned(runtime: Runtime, heard: Heard[RevenueReleased]) -> Post:
    fact = heard.fact
    return Post(
        entry_id=derived_id("release", fact.document_id, heard.notice.revision),
        source="release",
        reference=fact.number,
        document_id=fact.document_id,
        debtor_id=fact.debtor_id,
        currency=fact.currency,
        dated=fact.until,
        lines=of_release([(fee.kind, fee.amount) for fee in fact.fees], chart(runtime)),
    )
