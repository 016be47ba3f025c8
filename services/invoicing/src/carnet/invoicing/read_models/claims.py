"""Work that is claimed, and the collective invoices that claims went into."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.invoicing.domain.billable import WorkClaimed, WorkVoided
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class ClaimRow(SQLModel, table=True):
    """`claim` is the whole claim as JSON."""

    __tablename__ = "invoicing_claim"
    claim_id: str = Field(primary_key=True)
    order_id: str = ""
    debtor_id: str = Field(default="", index=True)
    closed_on: date | None = None
    collective: bool = False
    voided: bool = False
    claim: dict[str, Any] = json()

    @property
    def claimed(self) -> WorkClaimed:
        return WorkClaimed.model_validate(self.claim)


class GroupedRow(SQLModel, table=True):
    """The claims that share a collective invoice; `document_id` is empty where they came to 0.00."""

    __tablename__ = "invoicing_grouped"
    claim_id: str = Field(primary_key=True)
    order_id: str = ""
    document_id: str = Field(default="", index=True)


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case WorkClaimed() as fact:
            yield Put(ClaimRow, {"claim_id": str(fact.claim_id)}, columns(fact))
        case WorkVoided() as fact:
            yield Put(ClaimRow, {"claim_id": str(fact.claim_id)}, {"voided": True})
        case OrdersGrouped() as fact:
            document_id = str(fact.document_id or "")
            for block in fact.blocks:
                told = {"order_id": block.order_id, "document_id": document_id}
                yield Put(GroupedRow, {"claim_id": str(block.claim_id)}, told)


def columns(claim: WorkClaimed) -> dict[str, Any]:
    return {
        "order_id": claim.order.order_id,
        "debtor_id": claim.order.debtor_id or "",
        "closed_on": claim.closed_on,
        "collective": claim.collective,
        "claim": claim.model_dump(mode="json"),
    }


MODEL = ReadModel("invoicing.claims", (ClaimRow, GroupedRow), (WorkClaimed, WorkVoided, OrdersGrouped), changes)


def waiting(session: Session, cut_off: date) -> Sequence[ClaimRow]:
    """Give the standing claims closed by a day that wait for a collective invoice: by debtor, then by day."""
    grouped = select(GroupedRow.claim_id)
    query = select(ClaimRow).where(col(ClaimRow.collective), col(ClaimRow.voided).is_(False))
    query = query.where(col(ClaimRow.closed_on) <= cut_off, col(ClaimRow.claim_id).not_in(grouped))
    by_day = (col(ClaimRow.debtor_id), col(ClaimRow.closed_on), col(ClaimRow.order_id), col(ClaimRow.claim_id))
    return session.exec(query.order_by(*by_day)).all()


def of_document(session: Session, document_id: str) -> list[tuple[str, str]]:
    """Give the claims (id, order id) that a document bills: its own, or those of its group."""
    if (own := session.get(ClaimRow, document_id)) is not None:
        return [(own.claim_id, own.order_id)]
    query = select(GroupedRow).where(GroupedRow.document_id == document_id)
    rows = session.exec(query.order_by(col(GroupedRow.order_id), col(GroupedRow.claim_id)))
    return [(row.claim_id, row.order_id) for row in rows]


def invoice_of(session: Session, claim_id: str) -> str:
    """Give the collective invoice of a claim, empty as long as none lists it."""
    row = session.get(GroupedRow, claim_id)
    return row.document_id if row else ""
