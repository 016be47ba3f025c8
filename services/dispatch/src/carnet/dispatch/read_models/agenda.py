"""Who and what is booked or away when: rows of each week's agenda, and where the two contradict each other."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.domain.agenda import Blocked, Booked, Event, PlanConflicted, Released, Unblocked
from carnet.dispatch.domain.times import Span
from carnet.kernel.columns import instant
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put

WEEK = len("2026-W24")


class BookingRow(SQLModel, table=True):
    """A visit on the agenda of one week; a visit over the turn of a week has two rows."""

    __tablename__ = "dispatch_booking"
    whose: str = Field(primary_key=True)
    week: str = Field(primary_key=True, index=True)
    visit_id: str = Field(primary_key=True)
    order_id: str = Field(default="", index=True)
    starts_at: datetime | None = instant()
    ends_at: datetime | None = instant()


class AbsenceRow(SQLModel, table=True):
    """An absence on the agenda of one week, with its whole span."""

    __tablename__ = "dispatch_absence"
    whose: str = Field(primary_key=True)
    week: str = Field(primary_key=True, index=True)
    absence_id: str = Field(primary_key=True)
    kind: str = "other"
    starts_at: datetime | None = instant()
    ends_at: datetime | None = instant()


class ConflictRow(SQLModel, table=True):
    """A visit over which an absence came: its order is to be planned anew."""

    __tablename__ = "dispatch_conflict"
    whose: str = Field(primary_key=True)
    week: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    absence_id: str = Field(primary_key=True)
    order_id: str = Field(default="", index=True)


def changes(heard: Heard[Event]) -> Iterator[Change]:
    fact = heard.fact
    here = {"whose": fact.whose, "week": heard.notice.stream[-WEEK:]}
    match fact:
        case Booked(visit=visit):
            values = {"order_id": visit.order_id, "starts_at": visit.starts_at, "ends_at": visit.ends_at}
            yield Put(BookingRow, {**here, "visit_id": visit.visit_id}, values)
        case Released(visit_id=visit_id):
            yield from without(here, visit_id=visit_id, table=BookingRow)
        case Blocked(absence=absence):
            yield from without(here, absence_id=absence.absence_id, table=AbsenceRow)
            values = absence.model_dump(exclude={"absence_id"})
            yield Put(AbsenceRow, {**here, "absence_id": absence.absence_id}, values)
        case Unblocked(absence_id=absence_id):
            yield from without(here, absence_id=absence_id, table=AbsenceRow)
        case PlanConflicted(visit_id=visit_id, absence_id=absence_id, order_id=order_id):
            key = {**here, "visit_id": visit_id, "absence_id": absence_id}
            yield Put(ConflictRow, key, {"order_id": order_id})


def without(here: dict[str, str], table: type[SQLModel], **entry: str) -> Iterable[Change]:
    """Take an entry from an agenda, with the conflicts that it was part of."""
    return Delete(table, {**here, **entry}), Delete(ConflictRow, {**here, **entry})


MODEL = ReadModel(
    "dispatch.agenda",
    (BookingRow, AbsenceRow, ConflictRow),
    (Booked, Released, Blocked, Unblocked, PlanConflicted),
    changes,
)

Entry = TypeVar("Entry", BookingRow, AbsenceRow)


def bookings(session: Session, start: datetime, end: datetime) -> list[BookingRow]:
    """Give what is booked between two instants, each visit once an agenda, by time."""
    return overlapping(session, BookingRow, "visit_id", start, end)


def absences(session: Session, start: datetime, end: datetime) -> list[AbsenceRow]:
    """Give who is away between two instants, each absence once, by time."""
    return overlapping(session, AbsenceRow, "absence_id", start, end)


def overlapping(session: Session, table: type[Entry], name: str, start: datetime, end: datetime) -> list[Entry]:
    """Look at the agendas of the weeks in question alone: what began before them grows year by year."""
    touched = col(table.week).in_(list(Span(starts_at=start, ends_at=end).weeks()))
    statement = select(table).where(touched, col(table.starts_at) < end, col(table.ends_at) > start)
    by = col(table.starts_at), col(table.whose), col(getattr(table, name)), col(table.week)
    found: dict[tuple[Any, ...], Entry] = {}
    for row in session.exec(statement.order_by(*by)):
        found.setdefault((row.whose, getattr(row, name)), row)
    return list(found.values())


def in_conflict(session: Session, order_ids: Iterable[str]) -> set[str]:
    """Give those of some orders whose plan an absence contradicts."""
    statement = select(ConflictRow.order_id).where(col(ConflictRow.order_id).in_(list(order_ids)))
    return set(session.exec(statement))
