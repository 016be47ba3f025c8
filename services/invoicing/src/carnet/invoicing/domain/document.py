"""A document is whole when it is issued: who, to whom, what, when, at which price and tax (R10)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.fee_line import FeeLine
from carnet.invoicing.domain.money import NOTHING, Totals, totals
from carnet.invoicing.domain.price_list import ListPrice
from carnet.invoicing.domain.tax import UNTAXED, Category, category
from carnet.invoicing.domain.terms import ContractKind
from carnet.invoicing.domain.vat import STANDARD, DecidedBy
from carnet.invoicing.domain.work_lines import WorkLine
from carnet.kernel.decider import Rejected

Kind: TypeAlias = Literal["invoice", "collective_invoice", "credit_note", "reminder"]
QR_CURRENCIES = ("CHF", "EUR")


class Address(BaseModel, frozen=True):
    """A structured address (type S), as the QR-bill wants it."""

    street: str = ""
    house_number: str = ""
    postcode: str
    town: str
    country: str = Field(default="CH", pattern="^[A-Z]{2}$")


class Supplier(BaseModel, frozen=True):
    """`account` is a QR-IBAN or an IBAN; without one there is no QR-bill."""

    name: str
    address: Address
    vat_number: str
    account: str | None = None


class Recipient(BaseModel, frozen=True):
    """The debtor, care of who receives the post."""

    party_id: str
    name: str
    care_of: str | None = None
    address: Address
    vat_number: str | None = None


class CorrectedLine(BaseModel, frozen=True):
    """The line of an invoice that a line of a credit note corrects."""

    document_id: UUID
    number: str
    line_id: str


class DocumentLine(BaseModel, frozen=True):
    """One service: `net` is what is left of `list_amount` after `borne_share` (of 1); days are inclusive."""

    line_id: str
    kind: Literal["fee", "licence", "labour", "travel", "expense", "parts"]
    text: str
    quantity: Decimal = Decimal(1)
    unit: str = "flat"
    unit_price: Decimal
    list_amount: Decimal
    borne_by: Literal["warranty", "contract", "price_list"] = "price_list"
    borne_share: Decimal = Decimal(0)
    net: Decimal
    vat_rate: Decimal
    tax_code: str = STANDARD
    tax_decided_by: DecidedBy = "default"
    first_day: date
    last_day: date
    object_id: str | None = None
    order_id: str | None = None
    contract_id: str | None = None
    position_id: str | None = None
    price_list: ListPrice | None = None
    corrects: CorrectedLine | None = None


class Taxed(BaseModel, frozen=True):
    """The lines of one rate and VAT category together, and their tax."""

    rate: Decimal
    category: Category
    net: Decimal
    vat: Decimal


class Exemption(BaseModel, frozen=True):
    """Why the lines of a VAT category bear no tax, in the customer's language (EN 16931, BT-120)."""

    category: Category
    reason: str


class Block(BaseModel, frozen=True):
    """The lines of one source, an order or a contract."""

    title: str = ""
    place: str = ""
    lines: tuple[DocumentLine, ...]


class Corrected(BaseModel, frozen=True):
    """An invoice that a credit note corrects."""

    document_id: UUID
    number: str
    issued_on: date


class OpenInvoice(BaseModel, frozen=True):
    """A line of a reminder."""

    document_id: UUID
    number: str
    issued_on: date
    due_on: date
    open_amount: Decimal
    level: int


class Charge(BaseModel, frozen=True):
    """A reminder fee, interest or a compensation: it bears no VAT (R11). Credits set against it are negative."""

    text: str
    amount: Decimal


class Document(BaseModel, frozen=True):
    """Everything that is printed, except the number and the payment reference; no amount is worked out later.

    `goodwill` is told of a credit note that a person granted, and that no run reckons with (R8).
    """

    document_id: UUID
    kind: Kind
    issued_on: date
    language: str
    currency: str
    channel: str = "email"
    supplier: Supplier
    recipient: Recipient
    subject: str = ""
    customer_reference: str | None = None
    blocks: tuple[Block, ...] = ()
    totals: Totals
    exemptions: tuple[Exemption, ...] = ()
    due_days: int | None = None
    due_on: date | None = None
    corrects: tuple[Corrected, ...] = ()
    goodwill: bool = False
    open_invoices: tuple[OpenInvoice, ...] = ()
    charges: tuple[Charge, ...] = ()

    @property
    def lines(self) -> tuple[DocumentLine, ...]:
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def has_payment_part(self) -> bool:
        """No QR-bill on a credit note, a reminder, 0.00 or another currency (R10b)."""
        is_invoice = self.kind in ("invoice", "collective_invoice")
        payable = is_invoice and self.totals.payable > 0 and self.currency in QR_CURRENCIES
        return payable and self.supplier.account is not None


def taxes(document: Document) -> Iterator[Taxed]:
    """Give the tax of each rate and category; what bears none is told by its reason (EN 16931, BG-23)."""
    for rate, vat in document.totals.vat.items():
        nets: dict[Category, Decimal] = {}
        for line in document.lines:
            if line.vat_rate == rate:
                by = category(line.tax_code, rate)
                nets[by] = nets.get(by, NOTHING) + line.net
        yield from (Taxed(rate=rate, category=by, net=net, vat=vat) for by, net in nets.items())


def untaxed(document: Document) -> tuple[Category, ...]:
    """Give the VAT categories of a document that bear no tax for a reason, each once."""
    found = dict.fromkeys(category(line.tax_code, line.vat_rate) for line in document.lines)
    return tuple(each for each in found if each in UNTAXED.values())


def fee_kind(contract_kind: ContractKind) -> Literal["fee", "licence"]:
    return "licence" if contract_kind == "licence" else "fee"


def fee_line(line: FeeLine, contract_id: str, contract_kind: ContractKind, text: str) -> DocumentLine:
    """Print a contract fee under a text."""
    return DocumentLine(
        line_id=line.line_id,
        kind=fee_kind(contract_kind),
        text=text,
        unit_price=line.net,
        list_amount=line.net,
        net=line.net,
        vat_rate=line.vat_rate,
        tax_code=line.tax_code,
        tax_decided_by=line.tax_decided_by,
        first_day=line.first_day,
        last_day=line.last_day,
        object_id=line.object_id,
        contract_id=contract_id,
        position_id=line.position_id,
    )


def work_document_line(line: WorkLine, order_id: str, unit: str) -> DocumentLine:
    """Print reported work, at list price and at what is left of it."""
    return DocumentLine(
        line_id=line.item_id,
        kind=line.cost_kind,
        text=line.text,
        quantity=line.quantity,
        unit=unit,
        unit_price=line.unit_price,
        list_amount=line.list_amount,
        borne_by=line.borne_by,
        borne_share=line.borne_share,
        net=line.net,
        vat_rate=line.vat_rate,
        tax_code=line.tax_code,
        tax_decided_by=line.tax_decided_by,
        first_day=line.service_date,
        last_day=line.service_date,
        object_id=line.object_id,
        order_id=order_id,
        price_list=line.price_list,
    )


def refuse_incomplete(document: Document) -> None:
    """Raise `Rejected` for a document that must not leave the house."""
    if not document.supplier.vat_number:
        raise Rejected("Enter the supplier's VAT number before issuing documents.")
    if not (document.recipient.name and document.recipient.address.town):
        raise Rejected("Enter the recipient's name and address before issuing a document to it.")
    if missing := set(untaxed(document)) - {each.category for each in document.exemptions}:
        raise Rejected("Say why the lines of VAT category {category} bear no tax.", category=min(missing))
    if document.kind == "credit_note" and not document.corrects:
        raise Rejected("Name the invoice that the credit note corrects.")
    if document.kind == "credit_note" and any(line.corrects is None for line in document.lines):
        raise Rejected("Name the line of the invoice that each line of the credit note corrects.")
    if document.kind == "reminder":
        _refuse_wrong_reminder(document)
    else:
        _refuse_wrong_totals(document)


def _refuse_wrong_reminder(document: Document) -> None:
    listed = [item.open_amount for item in document.open_invoices] + [c.amount for c in document.charges]
    if not document.open_invoices or sum(listed) != document.totals.payable:
        raise Rejected("Add up the open invoices and charges of the reminder again.")


def _refuse_wrong_totals(document: Document) -> None:
    if not document.lines:
        raise Rejected("Put at least one line on the document.")
    again = totals((line.vat_rate, line.net) for line in document.lines)
    foot = document.totals
    if (again.net, again.vat, again.total) != (foot.net, foot.vat, foot.total):
        raise Rejected("Add up the document again: its lines do not give its net, VAT and total.")
    if foot.payable - foot.rounding != foot.total:
        raise Rejected("Add up the document again: total and rounding do not give what is payable.")
