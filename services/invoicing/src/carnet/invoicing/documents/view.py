"""A document as the template wants it: strings, in the customer's language, ready to be placed."""

from decimal import Decimal

from stdnum import iban

from carnet.invoicing.documents.figures import amount, day, percent, signed
from carnet.invoicing.documents.model import Document
from carnet.invoicing.documents.payment_part import payment_part
from carnet.invoicing.documents.rows import Row, block_row, fee_row, open_invoice_row
from carnet.invoicing.documents.sheet import sheet
from carnet.invoicing.documents.words import words


def view(document: Document) -> Row:
    """JSON-ready data for `document.typ`."""
    word = words(document.language)
    return {
        "sheet": sheet(document, word),
        "kind": document.kind,
        "subject": document.subject,
        "word": word,
        "currency": document.currency,
        "covered": any(line.contract_percent for line in document.lines),
        "blocks": [block_row(block, word, rates=len(document.vat)) for block in document.blocks],
        "open_invoices": [open_invoice_row(invoice) for invoice in document.open_invoices],
        "fees": [fee_row(fee) for fee in document.fees],
        "totals": _totals(document, word),
        "payable": [_payable_word(document, word), amount(document.payable)],
        "notes": _notes(document, word),
        "payment_part": _payment_part(document, word),
    }


def _totals(document: Document, word: dict[str, str]) -> list[list[str]]:
    """Net, VAT by rate, total, and the rounding as a line of its own; a reminder has only its payable."""
    if document.kind == "reminder":
        return []
    vat = [
        [word["vat"].format(rate=percent(part.rate_percent), net=amount(part.net)), amount(part.vat)]
        for part in document.vat
    ]
    rounding = [[word["rounding"], signed(document.rounding)]] if document.rounding else []
    return [[word["net"], amount(document.net)], *vat, [word["total"], amount(document.total)], *rounding]


def _payable_word(document: Document, word: dict[str, str]) -> str:
    return word["credited" if document.kind == "credit-note" else "payable"]


def _notes(document: Document, word: dict[str, str]) -> list[str]:
    borne = (_covered(document, word), _under_warranty(document, word))
    notes = (_terms(document, word), *borne, *(part.reason for part in document.vat))
    return [note for note in notes if note]


def _terms(document: Document, word: dict[str, str]) -> str:
    match document.kind:
        case "credit-note":
            return word["credit_terms"]
        case "reminder":
            return word["reminder_terms"]
        case "invoice" | "collective-invoice":
            return _due(document, word)


def _due(document: Document, word: dict[str, str]) -> str:
    if document.due is None:
        return ""
    terms = word["terms_due" if document.net_days is None else "terms"]
    return terms.format(days=document.net_days, due=day(document.due))


def _covered(document: Document, word: dict[str, str]) -> str:
    """Say what the contract bears of what is not under warranty."""
    lines = [line for line in document.lines if not line.warranty]
    listed = sum((line.list_amount for line in lines), Decimal(0))
    covered = listed - sum((line.net for line in lines), Decimal(0))
    if not any(line.contract_percent for line in lines):
        return ""
    return word["covered"].format(covered=amount(covered), listed=amount(listed))


def _under_warranty(document: Document, word: dict[str, str]) -> str:
    borne = [line.list_amount for line in document.lines if line.warranty]
    return word["under_warranty"].format(borne=amount(sum(borne, Decimal(0)))) if borne else ""


def _payment_part(document: Document, word: dict[str, str]) -> Row | None:
    if not document.has_payment_part:
        return None
    described = word["payment_part"].format(
        payable=f"{document.currency} {amount(document.payable)}",
        account=iban.format(document.supplier.account or ""),
        reference=document.reference or "–",
    )
    return {"svg": payment_part(document), "described": described}
