"""The documents of a series and year are numbered without gaps, in the order in which they are issued (R10d)."""

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.document import Document, refuse_incomplete
from carnet.invoicing.domain.qr_reference import reference
from carnet.kernel.decider import Decider, Rejected


class DocumentIssued(BaseModel, frozen=True):
    """The whole document under its number; `reference` is the payment reference of its QR-bill."""

    type: Literal["document-issued.v1"] = "document-issued.v1"
    number: str
    reference: str | None = None
    document: Document


class IssueDocuments(BaseModel, frozen=True):
    """Number these documents in this order, all in one append; those that have a number keep it."""

    series: str = Field(pattern="^[A-Z]{1,3}$")
    year: int
    documents: tuple[Document, ...]


Event: TypeAlias = DocumentIssued
Command: TypeAlias = IssueDocuments


@dataclass(frozen=True)
class State:
    count: int = 0
    issued: frozenset[UUID] = frozenset()


def number(series: str, year: int, sequence: int) -> str:
    """The number of a document: the sequence is its event's revision + 1."""
    return f"{series}{year}-{sequence:04d}"


def decide(command: Command, state: State) -> list[Event]:
    new = {d.document_id: d for d in command.documents if d.document_id not in state.issued}
    for document in new.values():
        _refuse(document, command.year)
    return [_issued(command, document, state.count + n) for n, document in enumerate(new.values(), start=1)]


def _refuse(document: Document, year: int) -> None:
    if document.issued_on.year != year:
        raise Rejected("Issue the document of {day} in the series of its own year.", day=document.issued_on)
    refuse_incomplete(document)


def _issued(command: IssueDocuments, document: Document, sequence: int) -> DocumentIssued:
    account = document.supplier.account if document.has_payment_part else None
    return DocumentIssued(
        number=number(command.series, command.year, sequence),
        reference=reference(account, command.year, sequence) if account else None,
        document=document,
    )


def evolve(state: State, event: Event) -> State:
    return State(state.count + 1, state.issued | {event.document.document_id})


series = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
