"""An object's history: everything that any context told of it, in the order of its days (S84, S112)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events import contracts, dispatch, invoicing, notifications
from carnet.kernel.columns import instant, json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.objects.domain.object import FieldValued, MeterRead, ObjectRetired
from carnet.objects.domain.responsibility import ResponsibilityAssigned
from carnet.objects.domain.structure import NodeMoved
from carnet.objects.domain.task import LeadRaised, TaskDone, TaskRaised


class Entry(SQLModel, table=True):
    """One fact about one object: `what` is its name, `day` when it was true, `at` when it became known."""

    __tablename__ = "objects_history"
    __table_args__ = (Index("ix_objects_history_newest", "day", "at"),)
    topic: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    object_id: str = Field(primary_key=True, index=True)
    what: str = ""
    day: date | None = None
    at: datetime | None = instant()
    facts: dict[str, Any] | None = json()


DAYS: Final = (
    "service_date",
    "completed_on",
    "cancelled_on",
    "skipped_on",
    "excused_on",
    "valid_from",
    "retired_on",
    "read_on",
    "done_on",
    "raised_on",
    "approved_on",
    "agreed_on",
    "requested_on",
    "created_on",
    "reopened_on",
)
DOCUMENTS: Final = (invoicing.InvoiceIssued, invoicing.CreditNoteIssued)
AGREEMENTS: Final = (
    contracts.ContractSigned,
    contracts.ContractAmended,
    contracts.ContractRenewed,
    contracts.ContractTerminated,
)
MOMENTS: Final = ("arrived_at", "starts_at", "due_at")
NEWEST_FIRST: Final = (
    col(Entry.day).desc(),
    col(Entry.at).desc(),
    col(Entry.topic),
    col(Entry.stream),
    col(Entry.revision).desc(),
    col(Entry.object_id),
)


def changes(heard: Heard[Any]) -> Iterator[Change]:
    fact, notice = heard.fact, heard.notice
    columns = {"what": type(fact).__name__, "day": day_of(fact, notice.at), "at": notice.at, "facts": plain(fact)}
    for object_id in dict.fromkeys(objects_of(fact)):
        key = {"topic": notice.topic, "stream": notice.stream, "revision": notice.revision, "object_id": object_id}
        yield Put(Entry, key, columns)


def objects_of(fact: Any) -> Iterable[str]:
    """Give the objects that a fact is about."""
    if isinstance(fact, DOCUMENTS):
        return (line.object_id for line in fact.document.lines)
    if isinstance(fact, AGREEMENTS):
        return (position.object_id for position in fact.terms.positions)
    if isinstance(fact, notifications.NotificationRequested):
        return fact.object_ids
    return (fact.node_id if isinstance(fact, NodeMoved | ResponsibilityAssigned) else fact.object_id,)


def day_of(fact: Any, at: datetime) -> date:
    """Give the day that a fact is about, else the day on which it became known."""
    if isinstance(fact, DOCUMENTS):
        return fact.document.issued_on
    if isinstance(fact, AGREEMENTS):
        return fact.terms.recorded
    named = (getattr(fact, name, None) for name in (*DAYS, *MOMENTS))
    found = next((day for day in named if day is not None), at)
    return found.date() if isinstance(found, datetime) else found


def plain(fact: BaseModel) -> dict[str, Any]:
    """Give the single values of a fact; an issued document and a contract's terms by their numbers alone."""
    told = fact.model_dump(mode="json", exclude={"type", "document", "terms", "lineage"})
    values = {name: value for name, value in told.items() if isinstance(value, str | int | float)}
    if isinstance(fact, DOCUMENTS):
        values |= {"number": fact.document.number, "payable": str(fact.document.payable)}
    if isinstance(fact, AGREEMENTS):
        values |= {"number": fact.terms.number, "version": fact.terms.version}
    return values


def of_object(session: Session, object_id: str, limit: int = 200) -> list[Entry]:
    """Give an object's history, the newest day first."""
    query = select(Entry).where(Entry.object_id == object_id)
    return list(session.exec(query.order_by(*NEWEST_FIRST).limit(limit)))


def latest(session: Session, what: Collection[str], limit: int) -> list[Entry]:
    """Give the facts of these names about any object, the newest day first."""
    query = select(Entry).where(col(Entry.what).in_(what))
    return list(session.exec(query.order_by(*NEWEST_FIRST).limit(limit)))


HISTORY: Final = ReadModel(
    "objects.history",
    (Entry,),
    (
        ObjectRetired,
        FieldValued,
        MeterRead,
        ResponsibilityAssigned,
        NodeMoved,
        TaskRaised,
        TaskDone,
        LeadRaised,
        *AGREEMENTS,
        contracts.ServiceDue,
        contracts.ServiceSkipped,
        contracts.ObligationExcused,
        contracts.ReactionPromised,
        contracts.CoverageDecided,
        dispatch.OrderCreated,
        dispatch.OrderPlanned,
        dispatch.AppointmentAgreed,
        dispatch.TechnicianArrived,
        dispatch.WorkReported,
        dispatch.WorkReportCorrected,
        dispatch.WorkApproved,
        dispatch.OrderCompleted,
        dispatch.OrderCancelled,
        dispatch.OrderReopened,
        *DOCUMENTS,
        notifications.NotificationRequested,
    ),
    changes,
)
