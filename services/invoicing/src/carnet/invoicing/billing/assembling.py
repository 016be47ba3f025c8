"""A claim becomes a whole document: every word and amount that will be printed, before it gets its number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from carnet.invoicing.billing.letterhead import Letterhead
from carnet.invoicing.billing.wording import named, say
from carnet.invoicing.domain.article import ArticlePublished
from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.claims import ClaimedDocument
from carnet.invoicing.domain.collective import OrderBlock, OrdersGrouped
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.debtor import due_on
from carnet.invoicing.domain.document import (
    Block,
    Charge,
    Corrected,
    CorrectedLine,
    Document,
    DocumentLine,
    Exemption,
    OpenInvoice,
    fee_kind,
    fee_line,
    untaxed,
    work_document_line,
)
from carnet.invoicing.domain.dunning import Reminder
from carnet.invoicing.domain.fee_line import FeeLine
from carnet.invoicing.domain.goodwill import CreditedLine, GoodwillGranted
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.domain.terms import ContractKind
from carnet.invoicing.domain.work_lines import WorkLine

UNITS = {
    "repair": "h",
    "service": "h",
    "travel_time": "h",
    "km": "km",
    "journey": "flat",
    "expense": "flat",
    "part": "piece",
    "minimum": "flat",
    "visit": "flat",
}


NO_LINES: Mapping[str, CorrectedLine] = MappingProxyType({})


@dataclass(frozen=True)
class Names:
    """What things are called: articles by code, objects and orders by id, the contract."""

    articles: Mapping[str, ArticlePublished] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    contract: str = ""


def fee_document(
    event: FeesClaimed,
    claimed: ClaimedDocument,
    head: Letterhead,
    names: Names,
    corrects: Sequence[Corrected] = (),
    corrected: Mapping[str, CorrectedLine] = NO_LINES,
) -> Document:
    """Give the invoice or the credit note of a contract's fees; a credit note names what it corrects, by line."""
    language, kind = head.terms.language, event.contract_kind
    lines = tuple(
        fee_line(line, event.contract_id, kind, fee_text(line, kind, language, names)).model_copy(
            update={"corrects": corrected.get(line.line_id)}
        )
        for line in claimed.lines
    )
    block = Block(title=say(language, "contract", names.contract or event.contract_id), lines=lines)
    paid = claimed.kind == "invoice"
    made = document(head, claimed.document_id, claimed.kind, event.run_date, event.currency).model_copy(
        update={
            "blocks": (block,),
            "totals": claimed.totals,
            "corrects": tuple(corrects),
            **(dates(head, event.run_date) if paid else {}),
        }
    )
    return explained(made)


def fee_text(line: FeeLine, contract_kind: ContractKind, language: str, names: Names) -> str:
    """Call a fee by its object where the contract has no text of its own."""
    called = (say(language, f"{fee_kind(contract_kind)}_line"), names.objects.get(line.object_id or "", ""))
    return line.text or " · ".join(each for each in called if each)


def work_document(event: WorkClaimed, head: Letterhead, names: Names) -> Document:
    """Give the invoice of one order."""
    block = OrderBlock(
        order_id=event.order.order_id, claim_id=event.claim_id, closed_on=event.closed_on, lines=event.lines
    )
    made = document(head, event.claim_id, "invoice", event.claimed_on, event.currency).model_copy(
        update={
            "blocks": (order_block(block, head, names),),
            "totals": event.totals,
            "customer_reference": event.order.customer_order_number,
            **dates(head, event.claimed_on),
        }
    )
    return explained(made)


def collective_document(event: OrdersGrouped, document_id: UUID, head: Letterhead, names: Names) -> Document:
    """Give the invoice that orders share, a block for each of them (R5)."""
    made = document(head, document_id, "collective_invoice", event.cut_off, event.key.currency).model_copy(
        update={
            "blocks": tuple(order_block(block, head, names) for block in event.blocks if block.lines),
            "totals": event.totals,
            "customer_reference": event.key.customer_order_number,
            **dates(head, event.cut_off),
        }
    )
    return explained(made)


def goodwill_document(granted: GoodwillGranted, invoice: DocumentIssued, head: Letterhead) -> Document:
    """Give the credit note that a person granted, in the words and blocks of the invoice."""
    credited = {line.line_id: line for line in granted.lines}
    original = invoice.document
    named = Corrected(document_id=original.document_id, number=invoice.number, issued_on=original.issued_on)
    blocks = (goodwill_block(block, credited, named) for block in original.blocks)
    made = document(head, granted.credit_id, "credit_note", granted.granted_on, granted.currency).model_copy(
        update={
            "subject": say(head.terms.language, "goodwill", granted.reason),
            "blocks": tuple(block for block in blocks if block.lines),
            "totals": granted.totals,
            "customer_reference": original.customer_reference,
            "corrects": (named,),
            "goodwill": True,
        }
    )
    return explained(made)


def goodwill_block(block: Block, credited: Mapping[str, CreditedLine], named: Corrected) -> Block:
    lines = (goodwill_line(line, credited[line.line_id].net, named) for line in block.lines if line.line_id in credited)
    return block.model_copy(update={"lines": tuple(lines)})


def goodwill_line(line: DocumentLine, net: Decimal, named: Corrected) -> DocumentLine:
    """Give back a sum of a line: one flat amount, whatever the line was made of."""
    whole = {"quantity": Decimal(1), "unit": "flat", "unit_price": net, "list_amount": net, "net": net}
    unborne = {"borne_by": "price_list", "borne_share": Decimal(0)}
    corrects = CorrectedLine(document_id=named.document_id, number=named.number, line_id=line.line_id)
    return line.model_copy(update={**whole, **unborne, "corrects": corrects})


def reminder_document(reminder: Reminder, head: Letterhead) -> Document:
    """Give the letter that lists what is overdue; it bears no VAT (R11)."""
    language = reminder.language
    charges = [Charge(text=say(language, charge.kind), amount=charge.amount) for charge in reminder.charges]
    credit = [Charge(text=say(language, "set_against"), amount=-reminder.set_against)] if reminder.set_against else []
    listed = tuple(
        OpenInvoice(document_id=item.item_id, **item.model_dump(exclude={"item_id"})) for item in reminder.items
    )
    made = document(head, reminder.reminder_id, "reminder", reminder.run_date, reminder.currency)
    foot = Totals(net=reminder.total, vat={}, total=reminder.total, rounding=Decimal(0), payable=reminder.total)
    told = {"language": language, "open_invoices": listed, "charges": (*credit, *charges), "totals": foot}
    return made.model_copy(update=told)


def explained(made: Document) -> Document:
    """Give a document with the sentences that say why lines of it bear no tax (R10a)."""
    found = tuple(Exemption(category=each, reason=say(made.language, each)) for each in untaxed(made))
    return made.model_copy(update={"exemptions": found}) if found else made


def document(head: Letterhead, document_id: UUID, kind: Any, issued_on: date, currency: str) -> Document:
    nothing = Totals(net=Decimal(0), vat={}, total=Decimal(0), rounding=Decimal(0), payable=Decimal(0))
    return Document(
        document_id=document_id,
        kind=kind,
        issued_on=issued_on,
        language=head.terms.language,
        currency=currency,
        channel=head.terms.channel,
        supplier=head.supplier,
        recipient=head.recipient,
        totals=nothing,
    )


def dates(head: Letterhead, issued_on: date) -> dict[str, Any]:
    return {"due_days": head.terms.due_days, "due_on": due_on(issued_on, head.terms)}


def order_block(block: OrderBlock, head: Letterhead, names: Names) -> Block:
    language, number = head.terms.language, names.orders.get(block.order_id, "")
    places = {names.objects.get(line.object_id or "", "") for line in block.lines}
    return Block(
        title=say(language, "order", number).strip(),
        place=places.pop() if len(places) == 1 else "",
        lines=tuple(order_line(line, block.order_id, language, names) for line in block.lines),
    )


def order_line(line: WorkLine, order_id: str, language: str, names: Names) -> DocumentLine:
    article = names.articles.get(line.article or "")
    text = line.text or (named(article.names, language) if article else "") or say(language, line.kind)
    unit = article.unit if article else UNITS[line.kind]
    return work_document_line(line.model_copy(update={"text": text}), order_id, unit)
