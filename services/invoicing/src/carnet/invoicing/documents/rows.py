"""The rows of a document: orders and contracts with their lines, open invoices, fees."""

from carnet.invoicing.documents.figures import amount, day, percent, quantity, span
from carnet.invoicing.documents.model import Block, Fee, Line, OpenInvoice

Row = dict[str, object]


def block_row(block: Block, word: dict[str, str], rates: int) -> Row:
    """Give the lines of a source; where a document has several rates, each line says which one it bears."""
    return {
        "title": block.title,
        "place": block.place,
        "service": f"{word['service_on']} {span(block.service)}" if block.service else "",
        "net": amount(block.net),
        "lines": [line_row(line, word, says_rate=rates > 1) for line in block.lines],
    }


def line_row(line: Line, word: dict[str, str], *, says_rate: bool) -> Row:
    facts = [span(line.service)] if line.service else []
    if says_rate and line.vat_percent is not None:
        facts.append(word["line_vat"].format(rate=percent(line.vat_percent)))
    return {
        "text": f"{line.text} · {word['warranty']}" if line.warranty else line.text,
        "service": " · ".join(facts),
        "quantity": f"{quantity(line.quantity, line.unit)} {word.get(line.unit, line.unit)}".strip(),
        "unit_price": amount(line.unit_price),
        "list_amount": amount(line.list_amount),
        "contract_percent": f"{percent(line.contract_percent)} %" if line.contract_percent else "",
        "net": amount(line.net),
    }


def open_invoice_row(invoice: OpenInvoice) -> list[str]:
    dates = (day(invoice.issued), day(invoice.due))
    return [invoice.number, *dates, str(invoice.level), amount(invoice.open_amount)]


def fee_row(fee: Fee) -> list[str]:
    return [fee.text, amount(fee.amount)]
