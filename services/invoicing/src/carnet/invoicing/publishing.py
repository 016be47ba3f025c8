"""What invoicing tells the world: articles, documents with every amount, payments and reminders."""

from pydantic import BaseModel

from carnet.events import invoicing as published
from carnet.events.fact import Fact
from carnet.invoicing.domain.article import ArticlePriced
from carnet.invoicing.domain.bookings import InvoiceSettled, PaymentApplied
from carnet.invoicing.domain.document import Document, DocumentLine, taxes
from carnet.invoicing.domain.issued_document import DocumentVoided
from carnet.invoicing.domain.posting import JournalPosted
from carnet.invoicing.domain.series import DocumentIssued


def publish(event: BaseModel) -> Fact | None:  # noqa: PLR0911  a return an event
    """Translate one private event into at most one published event."""
    match event:
        case DocumentIssued():
            return issued(event)
        case DocumentVoided():
            return voided(event)
        case PaymentApplied():
            return received(event)
        case InvoiceSettled(invoice_id=invoice_id):
            told = event.model_dump(exclude={"type", "invoice_id"})
            return published.InvoiceSettled(invoice_id=str(invoice_id), **told)
        case JournalPosted():
            return posted(event)
        case ArticlePriced(customer_id=None, category=None, last_day=None):
            return article(event)  # the catalogue tells everybody's prices, and nobody else's
        case _:
            return None


def issued(event: DocumentIssued) -> Fact:
    match event.document.kind:
        case "invoice" | "collective_invoice":
            return invoice(event)
        case "credit_note":
            return credit_note(event)
        case "reminder":
            return reminder(event)


def invoice(event: DocumentIssued) -> published.InvoiceIssued:
    document = event.document
    return published.InvoiceIssued(
        invoice_id=str(document.document_id),
        collective=document.kind == "collective_invoice",
        due_on=document.due_on or document.issued_on,
        reference=event.reference or "",
        document=whole(event.number, document),
    )


def credit_note(event: DocumentIssued) -> published.CreditNoteIssued:
    return published.CreditNoteIssued(
        credit_note_id=str(event.document.document_id),
        corrects=tuple(str(corrected.document_id) for corrected in event.document.corrects),
        goodwill=event.document.goodwill,
        document=whole(event.number, event.document),
    )


def reminder(event: DocumentIssued) -> published.ReminderIssued:
    document = event.document
    listed = [
        {**item.model_dump(exclude={"document_id"}), "invoice_id": str(item.document_id)}
        for item in document.open_invoices
    ]
    return published.ReminderIssued(
        reminder_id=str(document.document_id),
        number=event.number,
        debtor_id=document.recipient.party_id,
        currency=document.currency,
        issued_on=document.issued_on,
        invoices=tuple(published.RemindedInvoice.model_validate(item) for item in listed),
        total=document.totals.payable,
    )


def whole(number: str, document: Document) -> published.IssuedDocument:
    why = {each.category: each.reason for each in document.exemptions}
    taxed = (published.VatAmount(**each.model_dump(), reason=why.get(each.category, "")) for each in taxes(document))
    return published.IssuedDocument(
        document_id=str(document.document_id),
        number=number,
        debtor_id=document.recipient.party_id,
        issued_on=document.issued_on,
        currency=document.currency,
        lines=tuple(line(each) for each in document.lines),
        type_code="381" if document.kind == "credit_note" else "380",
        customer_vat_number=document.recipient.vat_number,
        vat=tuple(taxed),
        **document.totals.model_dump(exclude={"vat"}),
    )


def line(each: DocumentLine) -> published.DocumentLine:
    told = each.model_dump(
        exclude={
            "object_id",
            "list_amount",
            "borne_by",
            "borne_share",
            "unit",
            "corrects",
            "price_list",
            "tax_decided_by",
        }
    )
    named = each.corrects and published.CorrectedLine.model_validate(
        each.corrects.model_dump(mode="json", include={"document_id", "line_id"})
    )
    return published.DocumentLine(**told, object_id=each.object_id or "", amount=each.list_amount, corrects=named)


def voided(event: DocumentVoided) -> published.InvoiceVoided:
    told = event.model_dump(exclude={"type", "kind", "document_id"})
    return published.InvoiceVoided(invoice_id=str(event.document_id), **told)


def received(event: PaymentApplied) -> published.PaymentReceived:
    return published.PaymentReceived(
        payment_id=str(event.payment_id),
        invoice_id=str(event.invoice_id),
        debtor_id=event.debtor_id,
        amount=event.amount,
        currency=event.currency,
        received_on=event.paid_on,
    )


def posted(event: JournalPosted) -> published.JournalPosted:
    told = event.model_dump(exclude={"type", "entry_id", "document_id"})
    document_id = str(event.document_id) if event.document_id else None
    return published.JournalPosted.model_validate({**told, "entry_id": str(event.entry_id), "document_id": document_id})


def article(event: ArticlePriced) -> published.ArticlePublished:
    name = event.names.get("fr") or next(iter(event.names.values()))
    told = event.model_dump(include={"article", "unit", "kind", "currency", "valid_from"})
    return published.ArticlePublished(**told, name=name, price=event.unit_price)
