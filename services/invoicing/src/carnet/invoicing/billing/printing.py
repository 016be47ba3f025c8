"""An issued document in the words of the printer: percents, periods, hyphened kinds; pure."""

from typing import Any

from carnet.invoicing import documents as paper
from carnet.invoicing.domain import document as domain
from carnet.invoicing.domain.series import DocumentIssued
from carnet.kernel.documents.postal import Addressee, PostalAddress


def printed(issued: DocumentIssued) -> paper.Document:
    """Give the document as it goes on paper; no amount changes on the way."""
    document = issued.document
    told = document.model_dump(include={"language", "currency", "subject", "customer_reference"})
    return paper.Document.model_validate(
        {
            **told,
            **document.totals.model_dump(exclude={"vat"}),
            "kind": document.kind.replace("_", "-"),
            "number": issued.number,
            "reference": issued.reference,
            "issued": document.issued_on,
            "net_days": document.due_days,
            "due": document.due_on,
            "supplier": supplier(document.supplier),
            "recipient": addressee(document.recipient),
            "customer_vat_number": document.recipient.vat_number,
            "blocks": tuple(block(each) for each in document.blocks),
            "vat": tuple(vat(document)),
            "corrects": origin(document),
            "open_invoices": tuple(open_invoice(each) for each in document.open_invoices),
            "fees": tuple(paper.Fee(text=each.text, amount=each.amount) for each in document.charges),
        }
    )


def supplier(told: domain.Supplier) -> paper.Supplier:
    place = postal(told.address)
    return paper.Supplier(name=told.name, address=place, vat_number=told.vat_number, account=told.account)


def addressee(told: domain.Recipient) -> Addressee:
    return Addressee(name=told.name, care_of=told.care_of, address=postal(told.address))


def postal(told: domain.Address) -> PostalAddress:
    return PostalAddress(**told.model_dump())


def block(told: domain.Block) -> paper.Block:
    return paper.Block(title=told.title, place=told.place, lines=tuple(line(each) for each in told.lines))


def line(told: domain.DocumentLine) -> paper.Line:
    figures = told.model_dump(include={"quantity", "unit", "unit_price", "list_amount", "net"})
    period = paper.Period(start=told.first_day, end=told.last_day)
    named = f"{told.text} · {told.corrects.number}" if told.corrects else told.text
    borne = {"contract_percent": 100 * told.borne_share, "warranty": told.borne_by == "warranty"}
    return paper.Line(**figures, text=named, service=period, vat_percent=told.vat_rate, **borne)


def vat(document: domain.Document) -> list[paper.VatAmount]:
    """Give the tax of each rate and category, with why there is none; rates are percents already."""
    why = {each.category: each.reason for each in document.exemptions}
    return [
        paper.VatAmount(**each.model_dump(exclude={"rate"}), rate_percent=each.rate, reason=why.get(each.category, ""))
        for each in domain.taxes(document)
    ]


def origin(document: domain.Document) -> paper.Origin | None:
    """Give the first of the invoices that a credit note corrects: the original."""
    first = next(iter(document.corrects), None)
    return paper.Origin(number=first.number, issued=first.issued_on) if first else None


def open_invoice(told: domain.OpenInvoice) -> paper.OpenInvoice:
    names: dict[str, Any] = told.model_dump(include={"number", "open_amount", "level"})
    return paper.OpenInvoice(**names, issued=told.issued_on, due=told.due_on)
