"""The sheet around a document: letterhead, window address, the facts beside it, the foot."""

from stdnum import iban

from carnet.invoicing.documents.figures import day, vat_number
from carnet.invoicing.documents.model import Document


def sheet(document: Document, word: dict[str, str]) -> dict[str, object]:
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
    if document.customer_vat_number:
        facts.append([word["customer_vat"], vat_number(document.customer_vat_number, word["vat_suffix"])])
    if document.customer_reference:
        facts.append([word["customer_reference"], document.customer_reference])
    if document.corrects:
        origin = document.corrects
        facts.append([word["corrects"], f"{origin.number} {word['of']} {day(origin.issued)}"])
    return facts
