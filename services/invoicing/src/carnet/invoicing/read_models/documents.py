"""Documents as they were issued, their files, and whether they still count."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from carnet.invoicing.domain.document import DocumentLine
from carnet.invoicing.domain.issued_document import DocumentNotRendered, DocumentRendered, DocumentVoided
from carnet.invoicing.domain.series import DocumentIssued
from carnet.kernel.columns import exact, instant, json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class DocumentRow(SQLModel, table=True):
    """A document under its number; `issued` is the whole event as JSON, `sha256` its file once it is rendered.

    `unrendered` says why there is no file yet.
    """

    __tablename__ = "invoicing_document"
    __table_args__ = (Index("ix_invoicing_document_newest", "issued_on", "number"),)  # a run issues all on one day
    document_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    reference: str = Field(default="", index=True)
    kind: str = ""
    debtor_id: str = Field(default="", index=True)
    issued_on: date | None = None
    due_on: date | None = None
    currency: str = "CHF"
    net: Decimal | None = exact()
    total: Decimal | None = exact()
    rounding: Decimal | None = exact()
    payable: Decimal | None = exact()
    issued: dict[str, Any] = json()
    sha256: str | None = None
    voided_on: date | None = None
    void_reason: str = ""
    issued_at: datetime | None = instant()
    unrendered: str = ""
    rendered_at: datetime | None = instant()
    voided_at: datetime | None = instant()

    @property
    def whole(self) -> DocumentIssued:
        return DocumentIssued.model_validate(self.issued)


class LineRow(SQLModel, table=True):
    """A line of a document, by what it names; a credit note's names the invoice and the line that it corrects."""

    __tablename__ = "invoicing_line"
    document_id: str = Field(primary_key=True)
    line_id: str = Field(primary_key=True)
    kind: str = ""
    object_id: str | None = Field(default=None, index=True)
    order_id: str | None = Field(default=None, index=True)
    contract_id: str | None = Field(default=None, index=True)
    position_id: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    net: Decimal | None = exact()
    corrected_document: str | None = Field(default=None, index=True)
    corrected_line: str | None = None
    goodwill: bool = False


NAMES = {"kind", "object_id", "order_id", "contract_id", "position_id", "first_day", "last_day", "net"}


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case DocumentIssued() as fact:
            told = {**columns(fact), "issued_at": heard.notice.at}
            yield Put(DocumentRow, {"document_id": str(fact.document.document_id)}, told)
            yield from (line(fact, each) for each in fact.document.lines)
        case DocumentRendered() as fact:
            told = {"sha256": fact.sha256, "unrendered": "", "rendered_at": heard.notice.at}
            yield Put(DocumentRow, {"document_id": str(fact.document_id)}, told)
        case DocumentNotRendered() as fact:
            yield Put(DocumentRow, {"document_id": str(fact.document_id)}, {"unrendered": fact.reason})
        case DocumentVoided() as fact:
            told = {"voided_on": fact.voided_on, "void_reason": fact.reason, "voided_at": heard.notice.at}
            yield Put(DocumentRow, {"document_id": str(fact.document_id)}, told)


def columns(fact: DocumentIssued) -> dict[str, Any]:
    document = fact.document
    return {
        "number": fact.number,
        "reference": fact.reference or "",
        "debtor_id": document.recipient.party_id,
        "issued": fact.model_dump(mode="json"),
        **document.model_dump(include={"kind", "issued_on", "due_on", "currency"}),
        **document.totals.model_dump(exclude={"vat"}),
    }


def line(fact: DocumentIssued, each: DocumentLine) -> Put:
    key = {"document_id": str(fact.document.document_id), "line_id": each.line_id}
    return Put(LineRow, key, {**each.model_dump(include=NAMES), **correction(each), "goodwill": fact.document.goodwill})


def correction(each: DocumentLine) -> dict[str, str | None]:
    named = each.corrects
    return {
        "corrected_document": str(named.document_id) if named else None,
        "corrected_line": named.line_id if named else None,
    }


HEARD = (DocumentIssued, DocumentRendered, DocumentNotRendered, DocumentVoided)
MODEL = ReadModel("invoicing.documents", (DocumentRow, LineRow), HEARD, changes)
