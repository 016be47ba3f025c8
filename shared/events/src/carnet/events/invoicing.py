"""What `invoicing` publishes: articles, documents with every amount, payments and reminders."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from carnet.events.fact import Fact, Id, Positive, Value


class ArticlePublished(Fact):
    """An article of the catalogue can be used in work reports from a day on (S108)."""

    TYPE: ClassVar[str] = "carnet.invoicing.ArticlePublished.v1"
    article: str
    name: str
    unit: str
    kind: Literal["labour", "travel", "expense", "part", "fee"]
    price: Decimal
    currency: str = "CHF"
    valid_from: date


class CorrectedLine(Value):
    """The line of an invoice that a line of a credit note corrects."""

    document_id: Id
    line_id: str


class DocumentLine(Value):
    """A line of an invoice or credit note; `amount` at list price, `net` what is billed (credit notes: positive)."""

    line_id: str
    kind: Literal["fee", "licence", "labour", "travel", "expense", "parts"]
    object_id: str
    order_id: str | None = None
    contract_id: str | None = None
    position_id: str | None = None
    text: str
    first_day: date
    last_day: date
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal
    net: Decimal
    vat_rate: Decimal
    tax_code: str = "standard"
    corrects: CorrectedLine | None = None


class VatAmount(Value):
    """The tax of one rate: rate in percent, on the sum of the lines at that rate and of that VAT category.

    `category` is that of EN 16931: S taxed, Z at 0 %, E exempt, AE reverse charge, G export; of the last three `reason`
    says why, in the customer's language (BT-120).
    """

    rate: Decimal
    category: Literal["S", "Z", "E", "AE", "G"] = "S"
    net: Decimal
    vat: Decimal
    reason: str = ""


class IssuedDocument(Value):
    """What invoice and credit note have in common; all amounts in `currency`."""

    document_id: Id
    number: str
    debtor_id: str
    issued_on: date
    type_code: Literal["380", "381"] = "380"
    customer_vat_number: str | None = None
    currency: str = "CHF"
    lines: tuple[DocumentLine, ...]
    net: Decimal
    vat: tuple[VatAmount, ...]
    total: Decimal
    rounding: Decimal
    payable: Decimal


class InvoiceIssued(Fact):
    """An invoice exists and never changes (R10)."""

    TYPE: ClassVar[str] = "carnet.invoicing.InvoiceIssued.v1"
    invoice_id: Id
    collective: bool = False
    due_on: date
    reference: str = ""
    document: IssuedDocument


class CreditNoteIssued(Fact):
    """A credit note exists; it names the invoices that it corrects, and each of its lines a line of one.

    A `goodwill` credit was granted by a person and reopens no period that was billed (R8).
    """

    TYPE: ClassVar[str] = "carnet.invoicing.CreditNoteIssued.v1"
    credit_note_id: Id
    corrects: tuple[str, ...]
    goodwill: bool = False
    document: IssuedDocument


class InvoiceVoided(Fact):
    """An invoice no longer counts; its number stays (R8)."""

    TYPE: ClassVar[str] = "carnet.invoicing.InvoiceVoided.v1"
    invoice_id: Id
    number: str
    debtor_id: str
    voided_on: date
    reason: str


class PaymentReceived(Fact):
    """Money came for one invoice."""

    TYPE: ClassVar[str] = "carnet.invoicing.PaymentReceived.v1"
    payment_id: Id
    invoice_id: Id
    debtor_id: str
    amount: Decimal
    currency: str = "CHF"
    received_on: date


class InvoiceSettled(Fact):
    """Nothing is open on an invoice any more."""

    TYPE: ClassVar[str] = "carnet.invoicing.InvoiceSettled.v1"
    invoice_id: Id
    number: str
    debtor_id: str
    settled_on: date


class RemindedInvoice(Value):
    """One invoice in a reminder at its open amount."""

    invoice_id: Id
    number: str
    issued_on: date
    due_on: date
    open_amount: Decimal
    level: Positive


class ReminderIssued(Fact):
    """One reminder a debtor, currency and language (R11); no receivable of its own, no VAT."""

    TYPE: ClassVar[str] = "carnet.invoicing.ReminderIssued.v1"
    reminder_id: Id
    number: str
    debtor_id: str
    currency: str = "CHF"
    issued_on: date
    invoices: tuple[RemindedInvoice, ...]
    total: Decimal


class EntryLine(Value):
    """One side of an entry: `debit` or `credit` is above 0.00; a line of VAT names its rate in percent."""

    account: str
    debit: Decimal
    credit: Decimal
    vat_rate: Decimal | None = None


class JournalPosted(Fact):
    """An entry of the double-entry journal: the debits and the credits come to the same.

    `dated` is the day of what is posted; `posted_on` is a later one where the month of that day is closed. `reference`
    is the number of the document, empty for payments and reminders.
    """

    TYPE: ClassVar[str] = "carnet.invoicing.JournalPosted.v1"
    entry_id: Id
    source: Literal["invoice", "credit_note", "void", "payment", "reminder", "release"]
    reference: str
    document_id: str | None = None
    debtor_id: str
    currency: str = "CHF"
    dated: date
    posted_on: date
    lines: tuple[EntryLine, ...]
