"""Reaction times that were promised, running, kept and missed (R7)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select, tuple_

from carnet.contracts.domain import promise as events
from carnet.kernel.columns import instant
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset


class ReactionRow(SQLModel, table=True):
    """One fault; `status` is running, paused, kept, missed or withdrawn, `minutes_used` opening time."""

    __tablename__ = "contracts_reaction"
    __table_args__ = (Index("ix_contracts_reaction_status", "status", "reported_at", "order_id"),)
    order_id: str = Field(primary_key=True)
    object_id: str = ""
    contract_id: str = Field(default="", index=True)
    priority: str = ""
    zone: str = "Europe/Zurich"
    reported_at: datetime | None = instant(index=True)
    due_at: datetime | None = instant()
    escalate_at: datetime | None = instant()
    arrived_at: datetime | None = instant()
    minutes_used: int | None = None
    status: str = "running"


def changes(heard: Heard[events.Event]) -> Iterator[Change]:
    match heard.fact:
        case events.ReactionPromised() as fact:
            yield put(fact.promise.order_id, **promised(fact))
        case events.ReactionPaused(order_id=order_id):
            yield put(order_id, status="paused")
        case events.ReactionResumed() as fact:
            yield put(fact.promise.order_id, status="running", due_at=fact.due_at, escalate_at=fact.escalate_at)
        case events.ReactionEnded() as fact:
            status = "kept" if fact.kept else "missed"
            yield put(fact.order_id, status=status, arrived_at=fact.arrived_at, minutes_used=fact.minutes_used)
        case events.ReactionWithdrawn(order_id=order_id):
            yield put(order_id, status="withdrawn")


def put(order_id: str, **values: Any) -> Put:
    return Put(ReactionRow, {"order_id": order_id}, values)


def promised(fact: events.ReactionPromised) -> dict[str, Any]:
    given = fact.promise.model_dump(include={"object_id", "contract_id", "priority"})
    time = fact.promise.time
    times = {"zone": time.calendar.zone, "reported_at": time.reported_at}
    return {**given, **times, "due_at": fact.due_at, "escalate_at": fact.escalate_at}


MODEL = ReadModel(
    "contracts.reactions",
    (ReactionRow,),
    (
        events.ReactionPromised,
        events.ReactionPaused,
        events.ReactionResumed,
        events.ReactionEnded,
        events.ReactionWithdrawn,
    ),
    changes,
)


def listed(session: Session, status: str | None, after: tuple[Any, ...], limit: int) -> Sequence[ReactionRow]:
    """Give at most `limit` promises by the time of the report, after the keyset (reported_at, order)."""
    statement = select(ReactionRow)
    if status:
        statement = statement.where(ReactionRow.status == status)
    if after:
        place = tuple_(col(ReactionRow.reported_at), col(ReactionRow.order_id))
        statement = statement.where(place > keyset(after, datetime.fromisoformat, str))
    return session.exec(statement.order_by(col(ReactionRow.reported_at), col(ReactionRow.order_id)).limit(limit)).all()


def sort_key(row: ReactionRow) -> tuple[str, str]:
    return row.reported_at.isoformat() if row.reported_at else "", row.order_id


def of_contract(session: Session, contract_id: str) -> Sequence[ReactionRow]:
    """Give a contract's promises by the time of the report."""
    statement = select(ReactionRow).where(ReactionRow.contract_id == contract_id)
    return session.exec(statement.order_by(col(ReactionRow.reported_at), col(ReactionRow.order_id))).all()
