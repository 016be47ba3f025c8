"""What an accountant would look at before the envelope is closed (R10)."""

from collections.abc import Iterable
from decimal import Decimal

from carnet.invoicing.documents.model import Document, DocumentRefused


def check(document: Document) -> None:
    """Refuse a document whose amounts do not add up or that lacks what its kind must name."""
    if document.kind == "reminder":
        _check_reminder(document)
    else:
        _check_bill(document)


def _check_reminder(document: Document) -> None:
    open_amounts = _sum(invoice.open_amount for invoice in document.open_invoices)
    _agree(document, "payable", document.payable, open_amounts + _sum(fee.amount for fee in document.fees))


def _check_bill(document: Document) -> None:
    _agree(document, "net", document.net, _sum(block.net for block in document.blocks))
    _agree(document, "net by VAT rate", _sum(part.net for part in document.vat), document.net)
    _agree(document, "total", document.total, document.net + _sum(part.vat for part in document.vat))
    _agree(document, "payable", document.payable, document.total + document.rounding)
    if document.kind == "credit-note" and document.corrects is None:
        raise DocumentRefused(f"Credit note {document.number} must name the invoice that it corrects.")


def _agree(document: Document, what: str, stated: Decimal, found: Decimal) -> None:
    if stated != found:
        raise DocumentRefused(f"{document.number} does not add up: its {what} says {stated}, its parts make {found}.")


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
