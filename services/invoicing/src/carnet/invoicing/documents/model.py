"""What stands on an invoice, a credit note or a reminder; every amount is given, none is worked out here.

Amounts are in `currency`, net unless said; rates and shares are percents (8.1, 100). Texts are already in
the customer's language.
"""

from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.kernel.documents.postal import Addressee, PostalAddress

Language: TypeAlias = Literal["fr", "de", "en"]
Kind: TypeAlias = Literal["invoice", "collective-invoice", "credit-note", "reminder"]


class DocumentRefused(ValueError):
    """A document that must not leave the house, with a sentence that says what to put right."""


class Supplier(BaseModel, frozen=True):
    """`account` is a QR-IBAN (then QRR references) or an IBAN (SCOR or none); without one no QR-bill."""

    name: str
    address: PostalAddress
    vat_number: str
    account: str | None = None
    contact: tuple[str, ...] = ()


class Period(BaseModel, frozen=True):
    """Both ends belong to it; a single day has them equal."""

    start: date
    end: date


class Line(BaseModel, frozen=True):
    """`list_amount` less the share of the contract, or of the `warranty`, is `net`.

    `unit` is `h`, `km`, `piece`, `litre`, `flat`, `year`
    or any word to be printed as it is.
    """

    text: str
    quantity: Decimal = Decimal(1)
    unit: str = "flat"
    unit_price: Decimal
    list_amount: Decimal
    contract_percent: Decimal = Decimal(0)
    net: Decimal
    vat_percent: Decimal | None = None
    service: Period | None = None
    warranty: bool = False


class Block(BaseModel, frozen=True):
    """The lines of one order or one contract; an empty title prints no heading."""

    title: str = ""
    place: str = ""
    service: Period | None = None
    lines: tuple[Line, ...]

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))


class VatAmount(BaseModel, frozen=True):
    """`category` is that of EN 16931; `reason` is the sentence that says why it bears no tax."""

    rate_percent: Decimal
    category: Literal["S", "Z", "E", "AE", "G"] = "S"
    net: Decimal
    vat: Decimal
    reason: str = ""


class Origin(BaseModel, frozen=True):
    """The invoice that a credit note corrects."""

    number: str
    issued: date


class OpenInvoice(BaseModel, frozen=True):
    number: str
    issued: date
    due: date
    open_amount: Decimal
    level: int


class Fee(BaseModel, frozen=True):
    """A reminder fee or interest: no VAT (R11)."""

    text: str
    amount: Decimal


class Document(BaseModel, frozen=True):
    """One document, whole. Credit notes carry positive amounts and `corrects`; reminders carry `open_invoices`
    and `fees` in place of blocks and VAT, and are no receivable of their own.
    """

    kind: Kind
    number: str
    issued: date
    language: Language
    currency: str = "CHF"
    supplier: Supplier
    recipient: Addressee
    customer_vat_number: str | None = None
    subject: str = ""
    customer_reference: str | None = None
    blocks: tuple[Block, ...] = ()
    vat: tuple[VatAmount, ...] = ()
    net: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    payable: Decimal
    net_days: int | None = None
    due: date | None = None
    reference: str | None = None
    corrects: Origin | None = None
    open_invoices: tuple[OpenInvoice, ...] = ()
    fees: tuple[Fee, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for block in self.blocks for line in block.lines)

    @property
    def has_payment_part(self) -> bool:
        """R10b: invoices only, in CHF or EUR, above 0.00."""
        billed = self.kind in ("invoice", "collective-invoice") and self.payable > 0
        return billed and self.currency in ("CHF", "EUR") and self.supplier.account is not None
