"""The pending tasks of all objects, those done, and those that sales heard of."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.columns import exact
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import Key, keyset
from carnet.objects.domain.task import LeadRaised, TaskDone, TaskRaised


class Task(SQLModel, table=True):
    __tablename__ = "objects_task"
    __table_args__ = (
        Index("ix_objects_task_pending", "done_on", text("raised_on DESC"), "task_id"),
        Index("ix_objects_task_raised", text("raised_on DESC"), "task_id"),
    )
    task_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)
    text: str = ""
    raised_on: date | None = None
    due_on: date | None = None
    order_id: str | None = None
    done_on: date | None = None
    lead_id: str | None = None
    amount: Decimal | None = exact()
    currency: str = "CHF"
    revision: int = -1


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case TaskRaised() as fact:
            columns = fact.model_dump(exclude={"type", "task_id"})
        case TaskDone() as fact:
            columns = {"done_on": fact.done_on}
        case LeadRaised() as fact:
            columns = fact.model_dump(include={"lead_id", "amount", "currency"})
        case _:
            return
    yield Put(Task, {"task_id": heard.fact.task_id}, {**columns, "revision": heard.notice.revision})


def listed(session: Session, object_id: str | None, after: Key, limit: int, *, pending: bool) -> list[Task]:
    """Give tasks, of one object or of all, those raised last first; `after` is the last one's day and id."""
    query = select(Task).order_by(col(Task.raised_on).desc(), col(Task.task_id)).limit(limit)
    if object_id is not None:
        query = query.where(Task.object_id == object_id)
    if pending:
        query = query.where(col(Task.done_on).is_(None))
    if after:
        day, task_id = keyset(after, date.fromisoformat, str)
        earlier = (col(Task.raised_on) < day) | (col(Task.task_id) > task_id)
        query = query.where(col(Task.raised_on) <= day, earlier)  # a range of the index, which an OR alone is not
    return list(session.exec(query))


TASKS: Final = ReadModel("objects.tasks", (Task,), (TaskRaised, TaskDone, LeadRaised), changes)
