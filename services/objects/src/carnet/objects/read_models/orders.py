"""The service orders of an object: what was asked for, when it is planned, what became of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.contracts import ReactionPromised
from carnet.events.dispatch import (
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderPlanned,
    OrderReopened,
    TechnicianArrived,
)
from carnet.kernel.columns import instant
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

UNFINISHED: Final = ("created", "planned", "arrived")
TOLD: Final = {"object_id", "number", "order_type", "description", "priority", "created_on", "due_on"}


class Order(SQLModel, table=True):
    """`status` is created, planned, arrived, completed or cancelled; `react_by` comes from the contract."""

    __tablename__ = "objects_order"
    __table_args__ = (Index("ix_objects_order_unfinished", "unfinished", "created_on", "number"),)
    order_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)
    number: str = ""
    order_type: str = ""
    description: str = ""
    priority: str = "normal"
    created_on: date | None = None
    due_on: date | None = None
    status: str = ""
    unfinished: bool = False
    starts_at: datetime | None = instant()
    completed_on: date | None = None
    cancelled_on: date | None = None
    reason: str = ""
    react_by: datetime | None = instant()


def changes(heard: Heard[Any]) -> Iterator[Change]:
    if columns := columns_of(heard.fact):
        if status := columns.get("status"):
            columns["unfinished"] = status in UNFINISHED
        yield Put(Order, {"order_id": heard.fact.order_id}, columns)


def columns_of(fact: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    match fact:
        case OrderCreated():
            columns = {**fact.model_dump(include=TOLD), "status": "created"}
        case OrderPlanned():
            columns = {"status": "planned", "starts_at": fact.starts_at}
        case TechnicianArrived():
            columns = {"status": "arrived"}
        case OrderCompleted():
            columns = {"status": "completed", "completed_on": fact.completed_on}
        case OrderCancelled():
            columns = {"status": "cancelled", "cancelled_on": fact.cancelled_on, "reason": fact.reason}
        case OrderReopened():
            columns = {"status": "arrived", "completed_on": None, "cancelled_on": None, "reason": fact.reason}
        case ReactionPromised():
            columns = {"react_by": fact.due_at}
    return columns


def of_object(session: Session, object_id: str, limit: int = 100) -> list[Order]:
    """Give an object's orders, the newest first."""
    query = select(Order).where(Order.object_id == object_id)
    return list(session.exec(query.order_by(col(Order.created_on).desc(), col(Order.number).desc()).limit(limit)))


def unfinished(session: Session, limit: int) -> list[Order]:
    """Give the orders that are neither completed nor cancelled, the newest first."""
    query = select(Order).where(col(Order.unfinished).is_(True))
    return list(session.exec(query.order_by(col(Order.created_on).desc(), col(Order.number).desc()).limit(limit)))


ORDERS: Final = ReadModel(
    "objects.orders",
    (Order,),
    (
        OrderCreated,
        OrderPlanned,
        TechnicianArrived,
        OrderCompleted,
        OrderCancelled,
        OrderReopened,
        ReactionPromised,
    ),
    changes,
)
