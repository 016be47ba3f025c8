"""A document as the template wants it: strings, in the customer's language, ready to be placed."""

from decimal import Decimal

from stdnum import iban

from carnet.invoicing.documents.figures import amount, day, percent, quantity, signed, span, vat_number
from carnet.invoicing.documents.model import Block, Document, Fee, Line, OpenInvoice
from carnet.invoicing.documents.payment_part import payment_part
from carnet.invoicing.documents.words import words

Row = dict[str, object]


def view(document: Document) -> Row:
    """JSON-ready data for `document.typ`."""
    word = words(document.language)
    return {
        "sheet": _sheet(document, word),
        "kind": document.kind,
        "subject": document.subject,
        "word": word,
        "currency": document.currency,
        "covered": any(line.contract_percent for line in document.lines),
        "blocks": [_block(block, word) for block in document.blocks],
        "open_invoices": [_open_invoice(invoice) for invoice in document.open_invoices],
        "fees": [_fee(fee) for fee in document.fees],
        "totals": _totals(document, word),
        "payable": [_payable_word(document, word), amount(document.payable)],
        "notes": _notes(document, word),
        "payment_part": _payment_part(document, word),
    }


def _sheet(document: Document, word: dict[str, str]) -> Row:
    supplier = document.supplier
    vat = vat_number(supplier.vat_number, word["vat_suffix"])
    account = [f"IBAN {iban.format(supplier.account)}"] if supplier.account else []
    return {
        "title": f"{word[document.kind]} {document.number}",
        "language": document.language,
        "page": word["page"],
        "sender": {
            "name": supplier.name,
            "lines": [*supplier.address.lines(), *supplier.contact, vat],
            "foot": [supplier.name, vat, *account],
        },
        "recipient": document.recipient.lines(),
        "facts": _facts(document, word),
        "foot_taken": document.has_payment_part,
    }


def _facts(document: Document, word: dict[str, str]) -> list[list[str]]:
    facts = [[word["date"], day(document.issued)]]
    if document.due:
        facts.append([word["due"], day(document.due)])
    if document.customer_reference:
        facts.append([word["customer_reference"], document.customer_reference])
    if document.corrects:
        origin = document.corrects
        facts.append([word["corrects"], f"{origin.number} {word['of']} {day(origin.issued)}"])
    return facts


def _block(block: Block, word: dict[str, str]) -> Row:
    return {
        "title": block.title,
        "place": block.place,
        "service": f"{word['service_on']} {span(block.service)}" if block.service else "",
        "net": amount(block.net),
        "lines": [_line(line, word) for line in block.lines],
    }


def _line(line: Line, word: dict[str, str]) -> Row:
    return {
        "text": line.text,
        "service": span(line.service) if line.service else "",
        "quantity": f"{quantity(line.quantity, line.unit)} {word.get(line.unit, line.unit)}".strip(),
        "unit_price": amount(line.unit_price),
        "list_amount": amount(line.list_amount),
        "contract_percent": f"{percent(line.contract_percent)} %" if line.contract_percent else "",
        "net": amount(line.net),
    }


def _open_invoice(invoice: OpenInvoice) -> list[str]:
    dates = (day(invoice.issued), day(invoice.due))
    return [invoice.number, *dates, str(invoice.level), amount(invoice.open_amount)]


def _fee(fee: Fee) -> list[str]:
    return [fee.text, amount(fee.amount)]


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
    return [note for note in (_terms(document, word), _covered(document, word)) if note]


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
    listed = sum((line.list_amount for line in document.lines), Decimal(0))
    covered = listed - document.net
    if not any(line.contract_percent for line in document.lines):
        return ""
    return word["covered"].format(covered=amount(covered), listed=amount(listed))


def _payment_part(document: Document, word: dict[str, str]) -> Row | None:
    if not document.has_payment_part:
        return None
    described = word["payment_part"].format(
        payable=f"{document.currency} {amount(document.payable)}",
        account=iban.format(document.supplier.account or ""),
        reference=document.reference or "–",
    )
    return {"svg": payment_part(document), "described": described}
