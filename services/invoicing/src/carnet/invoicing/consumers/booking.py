"""What an issued document means for the debtor's account; pure."""

from carnet.invoicing.domain.receivables import BookCredit, BookInvoice
from carnet.invoicing.domain.series import DocumentIssued


def entry(issued: DocumentIssued) -> BookInvoice | BookCredit | None:
    """Give the booking; a reminder is no receivable of its own, and 0.00 is owed by nobody."""
    document = issued.document
    if document.kind == "reminder" or document.totals.payable == 0:
        return None
    return credit(issued) if document.kind == "credit_note" else invoice(issued)


def invoice(issued: DocumentIssued) -> BookInvoice:
    document = issued.document
    return BookInvoice(
        invoice_id=document.document_id,
        debtor_id=document.recipient.party_id,
        number=issued.number,
        due_on=document.due_on or document.issued_on,
        amount=document.totals.payable,
        **document.model_dump(include={"currency", "language", "issued_on"}),
    )


def credit(issued: DocumentIssued) -> BookCredit:
    document = issued.document
    return BookCredit(
        credit_id=document.document_id,
        number=issued.number,
        currency=document.currency,
        issued_on=document.issued_on,
        amount=document.totals.payable,
        corrects=tuple(corrected.document_id for corrected in document.corrects),
    )
