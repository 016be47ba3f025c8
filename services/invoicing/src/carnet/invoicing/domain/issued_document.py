"""An issued document never changes: it is rendered once, and voided at most once, keeping its number (R10d)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.document import Kind
from carnet.kernel.decider import Decider, Rejected


class DocumentRendered(BaseModel, frozen=True):
    """The document's file, by its hash."""

    type: Literal["document-rendered.v1"] = "document-rendered.v1"
    document_id: UUID
    number: str
    sha256: str


class DocumentNotRendered(BaseModel, frozen=True):
    """The document has its number and no file, for this reason; it is rendered again when a person says so."""

    type: Literal["document-not-rendered.v1"] = "document-not-rendered.v1"
    document_id: UUID
    number: str
    reason: str


class DocumentVoided(BaseModel, frozen=True):
    """The document no longer counts; what it billed is open again."""

    type: Literal["document-voided.v1"] = "document-voided.v1"
    document_id: UUID
    kind: Kind
    debtor_id: str
    number: str
    voided_on: date
    reason: str


class RecordRendering(BaseModel, frozen=True):
    document_id: UUID
    number: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class RefuseRendering(BaseModel, frozen=True):
    document_id: UUID
    number: str
    reason: str


class VoidDocument(BaseModel, frozen=True):
    document_id: UUID
    kind: Kind
    debtor_id: str
    number: str
    voided_on: date
    reason: str


Event: TypeAlias = Annotated[DocumentRendered | DocumentNotRendered | DocumentVoided, Field(discriminator="type")]
Command: TypeAlias = RecordRendering | RefuseRendering | VoidDocument


@dataclass(frozen=True)
class State:
    sha256: str | None = None
    refused: str | None = None
    voided: bool = False


def render(command: RecordRendering, state: State) -> list[Event]:
    if state.sha256 == command.sha256:
        return []
    if state.sha256 is not None:
        raise Rejected("Keep the file of {number}: an issued document never changes.", number=command.number)
    return [DocumentRendered(**command.model_dump())]


def refuse(command: RefuseRendering, state: State) -> list[Event]:
    if state.sha256 is not None or state.refused == command.reason:
        return []
    return [DocumentNotRendered(**command.model_dump())]


def void(command: VoidDocument, state: State) -> list[Event]:
    if state.voided:
        return []
    if not command.reason.strip():
        raise Rejected("Give a reason for voiding {number}.", number=command.number)
    return [DocumentVoided(**command.model_dump())]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case RecordRendering():
            return render(command, state)
        case RefuseRendering():
            return refuse(command, state)
        case VoidDocument():
            return void(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case DocumentRendered(sha256=sha256):
            return replace(state, sha256=sha256)
        case DocumentNotRendered(reason=reason):
            return replace(state, refused=reason)
        case DocumentVoided():
            return replace(state, voided=True)
        case _:
            assert_never(event)


issued_document = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
