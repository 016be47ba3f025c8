"""Orders as planners list them: one row an order, and one for each technician who is planned for it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, tuple_
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.domain import order_events as events
from carnet.kernel.columns import instant, json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put
from carnet.kernel.web.cursor import keyset

BEGUN = ("started", "completed", "approved")


class OrderRow(SQLModel, table=True):
    """An order as it stands; `status` is open, planned, started, completed, approved or cancelled.

    `begun`: work on it has begun, and it is not cancelled.
    """

    __tablename__ = "dispatch_order"
    __table_args__ = (
        Index("ix_dispatch_order_newest", "created_on", "order_id"),
        Index("ix_dispatch_order_status", "status", "created_on", "order_id"),
    )
    order_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    order_type: str = ""
    object_id: str = Field(default="", index=True)
    debtor_id: str | None = Field(default=None, index=True)
    contact_id: str | None = None
    contract_id: str | None = None
    occurrence_id: str | None = None
    description: str = ""
    priority: str = "normal"
    customer_order_number: str | None = None
    reported_at: datetime | None = instant()
    created_on: date | None = None
    due_on: date | None = Field(default=None, index=True)
    needs: dict[str, Any] = json()
    status: str = "open"
    begun: bool = False
    visit_id: str | None = None
    starts_at: datetime | None = instant(index=True)
    ends_at: datetime | None = instant()
    equipment_ids: list[str] = json()
    agreed_on: date | None = None
    arrived_at: datetime | None = instant()
    completed_on: date | None = None
    approved_on: date | None = None
    cancelled_on: date | None = None
    cancelled_by: str | None = None
    reason: str | None = None


class Assigned(SQLModel, table=True):
    """A technician who is planned for an order; `place` keeps the planner's order, the first one leads."""

    __tablename__ = "dispatch_assigned"
    order_id: str = Field(primary_key=True)
    technician_id: str = Field(primary_key=True, index=True)
    place: int = 0


def changes(heard: Heard[events.Event]) -> Iterable[Change]:
    fact = heard.fact
    match fact:
        case events.OrderCreated():
            yield created(fact)
        case events.OrderPlanned():
            yield from planned(fact)
        case events.AppointmentAgreed():
            yield put(fact.order_id, agreed_on=fact.agreed_on)
        case events.TechnicianArrived():
            yield put(fact.order_id, arrived_at=fact.arrived_at, status="started")
        case events.OrderCompleted():
            yield put(fact.order_id, completed_on=fact.completed_on, status="completed")
        case events.WorkApproved():
            yield put(fact.order_id, approved_on=fact.approved_on, status="approved")
        case events.ApprovalWithdrawn():
            yield put(fact.order_id, approved_on=None, status="completed")
        case events.OrderCancelled():
            yield from cancelled(fact)
        case events.OrderReopened():
            yield put(fact.order_id, status="open", completed_on=None, cancelled_on=None, reason=fact.reason)
        case _:
            return


def put(order_id: str, **values: Any) -> Put:
    if "status" in values:
        values["begun"] = values["status"] in BEGUN
    return Put(OrderRow, {"order_id": order_id}, values)


def created(fact: events.OrderCreated) -> Put:
    values = fact.model_dump(exclude={"type", "order_id", "needs"})
    return put(fact.order_id, **values, needs=fact.needs.model_dump(mode="json"))


def planned(fact: events.OrderPlanned) -> Iterator[Change]:
    visit = fact.visit
    yield put(
        fact.order_id,
        status="planned",
        visit_id=visit.visit_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        equipment_ids=list(visit.equipment_ids),
        agreed_on=None,
    )
    yield Delete(Assigned, {"order_id": fact.order_id})
    for place, technician_id in enumerate(dict.fromkeys(visit.technician_ids)):
        yield Put(Assigned, {"order_id": fact.order_id, "technician_id": technician_id}, {"place": place})


def cancelled(fact: events.OrderCancelled) -> Iterator[Change]:
    yield put(
        fact.order_id,
        status="cancelled",
        cancelled_on=fact.cancelled_on,
        cancelled_by=fact.by,
        reason=fact.reason,
        visit_id=None,
        starts_at=None,
        ends_at=None,
        equipment_ids=[],
    )
    yield Delete(Assigned, {"order_id": fact.order_id})


def ddl(table: str, engine: str) -> tuple[str, ...]:
    """Give the index of what was worked on last; SQLite sorts NULL last of itself."""
    if not table.startswith("dispatch_order"):
        return ()
    nulls = "" if engine == "sqlite" else " NULLS LAST"
    return (f'CREATE INDEX "{table}_begun" ON "{table}" (begun, starts_at DESC{nulls}, order_id)',)


MODEL = ReadModel(
    "dispatch.orders",
    (OrderRow, Assigned),
    (
        events.OrderCreated,
        events.OrderPlanned,
        events.AppointmentAgreed,
        events.TechnicianArrived,
        events.OrderCompleted,
        events.WorkApproved,
        events.ApprovalWithdrawn,
        events.OrderCancelled,
        events.OrderReopened,
    ),
    changes,
    ddl,
)


@dataclass(frozen=True)
class Filter:
    """Which orders a list shows; what is None does not restrict. `between` are instants of the planned start."""

    between: tuple[datetime, datetime] | None = None
    technician_id: str | None = None
    status: str | None = None
    object_id: str | None = None
    debtor_id: str | None = None

    def conditions(self) -> Iterator[Any]:
        for name in ("status", "object_id", "debtor_id"):
            if (value := getattr(self, name)) is not None:
                yield getattr(OrderRow, name) == value
        if self.between:
            yield col(OrderRow.starts_at) >= self.between[0]
            yield col(OrderRow.starts_at) < self.between[1]
        if self.technician_id:
            mine = select(Assigned.order_id).where(Assigned.technician_id == self.technician_id)
            yield col(OrderRow.order_id).in_(mine)


def listed(session: Session, wanted: Filter, after: tuple[Any, ...], limit: int) -> Sequence[OrderRow]:
    """Give at most `limit` orders, newest first, past the one with the sort key `after` (see `sort_key`)."""
    place = tuple_(col(OrderRow.created_on), col(OrderRow.order_id))
    statement = select(OrderRow).where(*wanted.conditions())
    if after:
        statement = statement.where(place < keyset(after, date.fromisoformat, str))
    newest_first = col(OrderRow.created_on).desc(), col(OrderRow.order_id).desc()
    return session.exec(statement.order_by(*newest_first).limit(limit)).all()


def by_start(session: Session, wanted: Filter, limit: int) -> Sequence[OrderRow]:
    """Give at most `limit` planned orders, the earliest start first."""
    statement = select(OrderRow).where(*wanted.conditions(), col(OrderRow.starts_at).is_not(None))
    return session.exec(statement.order_by(col(OrderRow.starts_at), col(OrderRow.order_id)).limit(limit)).all()


def worked_on_last(session: Session, limit: int) -> Sequence[OrderRow]:
    """Give at most `limit` orders on which work began, the latest visit first."""
    begun = col(OrderRow.begun).is_(True)
    latest_first = col(OrderRow.starts_at).desc().nulls_last(), col(OrderRow.order_id)
    return session.exec(select(OrderRow).where(begun).order_by(*latest_first).limit(limit)).all()


def sort_key(row: OrderRow) -> tuple[str, str]:
    return str(row.created_on), row.order_id


def one(session: Session, order_id: str) -> OrderRow | None:
    return session.get(OrderRow, order_id)


def several(session: Session, order_ids: Iterable[str]) -> Sequence[OrderRow]:
    return session.exec(select(OrderRow).where(col(OrderRow.order_id).in_(list(order_ids)))).all()


def technicians_of(session: Session, order_ids: Iterable[str]) -> dict[str, list[str]]:
    """Give the ids of the technicians who are planned for each of some orders, the leading one first."""
    found: dict[str, list[str]] = {}
    statement = select(Assigned).where(col(Assigned.order_id).in_(list(order_ids)))
    for each in session.exec(statement.order_by(col(Assigned.place))):
        found.setdefault(each.order_id, []).append(each.technician_id)
    return found
