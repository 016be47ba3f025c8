"""Lists of documents, by what a person looks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, tuple_

from carnet.invoicing.read_models.documents import DocumentRow, LineRow
from carnet.invoicing.read_models.items import ItemRow, is_open
from carnet.kernel.web.cursor import keyset


@dataclass(frozen=True)
class Filter:
    """Which documents to list; `number` is a beginning or a part of the number."""

    debtor: str | None = None
    object: str | None = None
    contract: str | None = None
    order: str | None = None
    kind: str | None = None
    number: str = ""
    open: bool | None = None


def listed(session: Session, wanted: Filter, after: Sequence[str | int | None], limit: int) -> Sequence[DocumentRow]:
    """Give documents, the newest first."""
    query = select(DocumentRow).where(DocumentRow.number != "", *conditions(wanted))
    sorted_by = tuple_(DocumentRow.issued_on, DocumentRow.number)
    if after:
        query = query.where(sorted_by < keyset(tuple(after), date.fromisoformat, str))
    by = (col(DocumentRow.issued_on).desc(), col(DocumentRow.number).desc())
    return session.exec(query.order_by(*by).limit(limit)).all()


def of_order(session: Session, order_id: str) -> Sequence[DocumentRow]:
    """Give the documents that have lines of an order, voided ones too, the oldest first."""
    query = select(DocumentRow).where(DocumentRow.number != "", *conditions(Filter(order=order_id)))
    return session.exec(query.order_by(col(DocumentRow.issued_on), col(DocumentRow.number))).all()


def by_reference(session: Session, reference: str) -> DocumentRow | None:
    """Give the invoice that a payment names by its reference."""
    return session.exec(select(DocumentRow).where(DocumentRow.reference == reference)).first()


def sort_key(row: DocumentRow) -> tuple[str, str]:
    return str(row.issued_on), row.number


def conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.debtor:
        yield col(DocumentRow.debtor_id) == wanted.debtor
    if wanted.kind:
        yield col(DocumentRow.kind) == wanted.kind
    if wanted.number:
        yield col(DocumentRow.number).icontains(wanted.number, autoescape=True)
    for column, value in named(wanted):
        yield col(DocumentRow.document_id).in_(select(LineRow.document_id).where(column == value))
    if wanted.open is not None:
        opened = col(DocumentRow.document_id).in_(select(ItemRow.item_id).where(is_open()))
        yield opened if wanted.open else ~opened


def named(wanted: Filter) -> Iterator[tuple[Any, str]]:
    columns = {LineRow.object_id: wanted.object, LineRow.contract_id: wanted.contract, LineRow.order_id: wanted.order}
    yield from ((column, value) for column, value in columns.items() if value)


def issued_between(session: Session, first_day: date, last_day: date) -> Sequence[DocumentRow]:
    """Give the standing invoices and credit notes of some days, in the order of their numbers."""
    query = select(DocumentRow).where(col(DocumentRow.voided_on).is_(None), DocumentRow.kind != "reminder")
    query = query.where(col(DocumentRow.issued_on).between(first_day, last_day))
    return session.exec(query.order_by(col(DocumentRow.number))).all()


def fee_lines(session: Session, until: date) -> list[tuple[DocumentRow, LineRow]]:
    """Give the contract fees and their credits, as issued up to a day, also those that were voided since."""
    query = select(DocumentRow, LineRow).where(
        DocumentRow.document_id == LineRow.document_id,
        col(DocumentRow.issued_on) <= until,
        col(LineRow.kind).in_(("fee", "licence")),
    )
    by = col(DocumentRow.issued_on), col(DocumentRow.number), col(LineRow.line_id)
    return list(session.exec(query.order_by(*by)))


def made_on(session: Session, day: date) -> tuple[int, int]:
    """Count the documents of contract fees that are dated on a day, and those of them that are rendered."""
    counted = select(func.count(), func.count(col(DocumentRow.sha256))).select_from(DocumentRow)
    numbered, rendered = session.exec(counted.where(*fees_of(day))).one()
    return int(numbered), int(rendered)


def unrendered_on(session: Session, day: date) -> Sequence[DocumentRow]:
    """Give the documents of contract fees that are dated on a day and could not be rendered, the first hundred."""
    query = select(DocumentRow).where(*fees_of(day), DocumentRow.unrendered != "")
    return session.exec(query.order_by(col(DocumentRow.number)).limit(100)).all()


def fees_of(day: date) -> tuple[ColumnElement[bool], ...]:
    of_fees = select(LineRow.document_id).where(col(LineRow.contract_id).is_not(None))
    return col(DocumentRow.issued_on) == day, col(DocumentRow.document_id).in_(of_fees)


def credits_of(session: Session, invoice_id: str) -> list[tuple[DocumentRow, LineRow]]:
    """Give the standing credit notes of an invoice with the lines that correct its lines, in order of number."""
    query = select(DocumentRow, LineRow).where(
        DocumentRow.document_id == LineRow.document_id,
        col(DocumentRow.voided_on).is_(None),
        LineRow.corrected_document == invoice_id,
    )
    return list(session.exec(query.order_by(col(DocumentRow.number), col(LineRow.line_id))))


def credit_notes_of(session: Session, invoice_id: str) -> Sequence[DocumentRow]:
    """Give the standing credit notes that correct lines of an invoice, in order of number."""
    naming = select(LineRow.document_id).where(LineRow.corrected_document == invoice_id)
    query = select(DocumentRow).where(col(DocumentRow.document_id).in_(naming), col(DocumentRow.voided_on).is_(None))
    return session.exec(query.order_by(col(DocumentRow.number))).all()


def numbers(session: Session, document_ids: Sequence[str]) -> dict[str, str]:
    """Give the numbers of documents by their ids."""
    query = select(DocumentRow.document_id, DocumentRow.number).where(col(DocumentRow.document_id).in_(document_ids))
    return dict(session.exec(query).all())


def one(session: Session, document_id: str) -> DocumentRow | None:
    """Give a document that has its number."""
    row = session.get(DocumentRow, document_id)
    return row if row and row.number else None
