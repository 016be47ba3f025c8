"""The lines of invoices and credit notes that name an object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.invoicing import (
    CreditNoteIssued,
    DocumentLine,
    InvoiceIssued,
    InvoiceSettled,
    InvoiceVoided,
    IssuedDocument,
)
from carnet.kernel.columns import exact
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class InvoiceLine(SQLModel, table=True):
    """A line as it was issued; a credit note's `net` is negative here."""

    __tablename__ = "objects_invoice_line"
    __table_args__ = (Index("ix_objects_invoice_line_newest", "issued_on", "number", "document_id"),)
    document_id: str = Field(primary_key=True)
    line_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)
    document: str = ""
    number: str = ""
    issued_on: date | None = None
    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    net: Decimal | None = exact()
    currency: str = "CHF"


class InvoiceFate(SQLModel, table=True):
    """What became of an invoice."""

    __tablename__ = "objects_invoice_fate"
    invoice_id: str = Field(primary_key=True)
    voided_on: date | None = None
    settled_on: date | None = None


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case InvoiceIssued() as fact:
            yield from lines(fact.document, "invoice", Decimal(1))
        case CreditNoteIssued() as fact:
            yield from lines(fact.document, "credit note", Decimal(-1))
        case InvoiceVoided() as fact:
            yield Put(InvoiceFate, {"invoice_id": fact.invoice_id}, {"voided_on": fact.voided_on})
        case InvoiceSettled() as fact:
            yield Put(InvoiceFate, {"invoice_id": fact.invoice_id}, {"settled_on": fact.settled_on})


def lines(document: IssuedDocument, sort: str, sign: Decimal) -> Iterator[Change]:
    for line in document.lines:
        key = {"document_id": document.document_id, "line_id": line.line_id}
        yield Put(InvoiceLine, key, columns(document, line, sort, sign))


def columns(document: IssuedDocument, line: DocumentLine, sort: str, sign: Decimal) -> dict[str, Any]:
    return {
        "object_id": line.object_id,
        "document": sort,
        "number": document.number,
        "issued_on": document.issued_on,
        "text": line.text,
        "first_day": line.first_day,
        "last_day": line.last_day,
        "net": line.net * sign,
        "currency": document.currency,
    }


def of_object(session: Session, object_id: str, limit: int = 200) -> list[tuple[InvoiceLine, InvoiceFate | None]]:
    """Give an object's lines with their invoices' fate, the newest document first."""
    query = (
        select(InvoiceLine, InvoiceFate)
        .join(InvoiceFate, col(InvoiceFate.invoice_id) == col(InvoiceLine.document_id), isouter=True)
        .where(InvoiceLine.object_id == object_id)
        .order_by(col(InvoiceLine.issued_on).desc(), col(InvoiceLine.number).desc(), col(InvoiceLine.line_id))
    )
    return list(session.exec(query.limit(limit)))


@dataclass(frozen=True)
class Billed:
    """An invoice or credit note; `net` is the sum of its lines in its currency."""

    document_id: str
    document: str
    number: str
    issued_on: date
    currency: str
    net: Decimal


def newest_documents(session: Session, limit: int) -> list[Billed]:
    """Give the invoices and credit notes with the newest dates."""
    told = col(InvoiceLine.issued_on), col(InvoiceLine.number), col(InvoiceLine.document_id)
    newest = select(*told).distinct().order_by(*(each.desc() for each in told))  # as the index has them, on any engine
    ids = [document_id for _, _, document_id in session.exec(newest.limit(limit))]
    lines = session.exec(select(InvoiceLine).where(col(InvoiceLine.document_id).in_(ids))).all()
    return [billed([line for line in lines if line.document_id == document_id]) for document_id in ids]


def billed(lines: Sequence[InvoiceLine]) -> Billed:
    first, net = lines[0], sum((line.net or Decimal(0) for line in lines), Decimal(0))
    told = first.model_dump(include={"document_id", "document", "number", "issued_on", "currency"})
    return Billed(**told, net=net)


INVOICE_LINES: Final = ReadModel(
    "objects.invoice_lines",
    (InvoiceLine, InvoiceFate),
    (InvoiceIssued, CreditNoteIssued, InvoiceVoided, InvoiceSettled),
    changes,
)
