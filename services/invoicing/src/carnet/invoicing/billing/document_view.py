"""Documents as they are shown: what is listed, and one whole."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session

from carnet.invoicing.domain.document import Block, Charge, Corrected, OpenInvoice
from carnet.invoicing.domain.issued_document import VoidDocument
from carnet.invoicing.read_models import document_queries, items, parties
from carnet.invoicing.read_models.document_queries import Filter
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.cursor import Listing, Page
from carnet.kernel.web.problems import Unknown


class DocumentView(BaseModel):
    """A document in a list; `open_amount` is None for what is no receivable. `state`: open, settled, voided, ''."""

    document_id: str
    number: str
    kind: str
    debtor_id: str
    debtor: str
    issued_on: date
    due_on: date | None
    currency: str
    net: Decimal
    vat: Decimal
    total: Decimal
    rounding: Decimal
    payable: Decimal
    open_amount: Decimal | None
    state: str
    rendered: bool


class WholeDocument(DocumentView):
    """A document with its lines by source, its tax by rate, and its file's hash; `unrendered` says why it has none."""

    language: str
    reference: str | None
    recipient: dict[str, Any]
    blocks: list[Block]
    vat_by_rate: dict[Decimal, Decimal]
    corrects: list[Corrected]
    open_invoices: list[OpenInvoice]
    charges: list[Charge]
    sha256: str | None
    unrendered: str
    voided_on: date | None
    void_reason: str


def views(session: Session, rows: list[DocumentRow]) -> list[DocumentView]:
    open_amounts = items.open_amounts(session, [row.document_id for row in rows])
    names = parties.names(session, [row.debtor_id for row in rows])
    return [DocumentView.model_validate(listed(row, open_amounts, names)) for row in rows]


def whole(session: Session, row: DocumentRow) -> WholeDocument:
    seen = views(session, [row])[0].model_dump()
    issued = row.whole
    told = issued.document.model_dump(include={"language", "corrects", "open_invoices", "charges", "recipient"})
    fate = row.model_dump(include={"sha256", "unrendered", "voided_on", "void_reason"})
    more = {"reference": issued.reference, "blocks": list(issued.document.blocks)}
    return WholeDocument.model_validate({**seen, **told, **fate, **more, "vat_by_rate": issued.document.totals.vat})


def listed(row: DocumentRow, open_amounts: Mapping[str, Decimal], names: Mapping[str, str]) -> dict[str, Any]:
    taxed = (row.total or Decimal(0)) - (row.net or Decimal(0))
    open_amount = open_amounts.get(row.document_id)
    return {
        **row.model_dump(exclude={"issued", "sha256"}),
        "debtor": names.get(row.debtor_id, ""),
        "vat": taxed,
        "open_amount": open_amount,
        "state": state(row, open_amount),
        "rendered": row.sha256 is not None,
    }


def state(row: DocumentRow, open_amount: Decimal | None) -> str:
    if row.voided_on:
        return "voided"
    if open_amount is None:
        return ""
    return "open" if open_amount > 0 else "settled"


async def documents_page(runtime: Runtime, wanted: Filter, asked: Listing) -> Page[DocumentView]:
    """Give a page of documents, the newest first."""
    rows = await runtime.query(lambda s: document_queries.listed(s, wanted, asked.after, asked.limit + 1))
    page = asked.page(rows, key=document_queries.sort_key)
    seen = await runtime.query(lambda session: views(session, page.items))
    return Page[DocumentView](items=seen, next=page.next)


async def existing(runtime: Runtime, document_id: UUID) -> DocumentRow:
    """Give a document that has its number; raises Unknown."""
    found = await runtime.query(lambda session: document_queries.one(session, str(document_id)))
    if found is None:
        raise Unknown("The document {id}", id=document_id)
    return found


def voiding(row: DocumentRow, reason: str, day: date) -> VoidDocument:
    """Give the command that voids a document; raises Rejected for a reminder."""
    if row.kind == "reminder":
        raise Rejected("A reminder bills nothing and cannot be voided; void the invoice instead.")
    told = row.model_dump(include={"kind", "document_id", "debtor_id", "number"})
    return VoidDocument.model_validate({**told, "voided_on": day, "reason": reason})
