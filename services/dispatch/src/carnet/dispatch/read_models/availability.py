"""A day's or a week's agenda of everyone, with names: who can do what, is booked, or is away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from carnet.dispatch.read_models import agenda, equipment, order_views, technicians
from carnet.dispatch.read_models.agenda import Entry
from carnet.dispatch.read_models.order_views import Named


class BookingView(BaseModel):
    """A visit: `conflict` where an absence came over it."""

    order_id: str
    number: str
    object: Named
    status: str
    starts_at: datetime
    ends_at: datetime
    conflict: bool


class AbsenceView(BaseModel):
    absence_id: str
    kind: str
    starts_at: datetime
    ends_at: datetime


class TechnicianView(BaseModel):
    """A technician with the skills of a day, and what fills a time; `free`: nothing does."""

    technician_id: str
    number: str
    name: str
    skills: list[str]
    bookings: list[BookingView]
    absences: list[AbsenceView]
    free: bool


class EquipmentView(BaseModel):
    equipment_id: str
    number: str
    kind: str
    name: str
    bookings: list[BookingView]
    free: bool


class AgendaView(BaseModel):
    technicians: list[TechnicianView]
    equipment: list[EquipmentView]


class Agendas:
    """What fills the time between two instants, by whose agenda it is."""

    def __init__(self, session: Session, start: datetime, end: datetime) -> None:
        bookings = agenda.bookings(session, start, end)
        self.bookings, self.absences = by_whose(bookings), by_whose(agenda.absences(session, start, end))
        self.orders = order_views.some(session, {row.order_id for row in bookings})

    def of(self, whose: str) -> dict[str, Any]:
        booked = [self.booking(row) for row in self.bookings[whose]]
        away = [AbsenceView(**row.model_dump()) for row in self.absences[whose]]
        return {"bookings": [each for each in booked if each], "absences": away, "free": not booked and not away}

    def booking(self, row: agenda.BookingRow) -> BookingView | None:
        """Give a booking with its order; None for the moment until the order's own news has come."""
        order = self.orders.get(row.order_id)
        times = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        return BookingView(**dict(order) | times) if order else None


def by_whose(entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
    """Sort entries out by whose they are; who has none has an empty list."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.whose].append(entry)
    return found


def people(session: Session, day: date, agendas: Agendas) -> list[TechnicianView]:
    """Give all technicians with the skills of `day` and what fills the time of some agendas."""
    skills = technicians.skills_on(session, day)
    return [
        TechnicianView(**row.model_dump(), skills=skills.get(row.technician_id, []), **agendas.of(row.technician_id))
        for row in technicians.everyone(session)
    ]


def devices(session: Session, agendas: Agendas) -> list[EquipmentView]:
    """Give all equipment and what it is booked for in the time of some agendas."""
    return [EquipmentView(**row.model_dump(), **agendas.of(row.equipment_id)) for row in equipment.everything(session)]


def whole_agenda(session: Session, day: date, start: datetime, end: datetime) -> AgendaView:
    """Give everyone's time from `start` to `end`, with the skills of `day`."""
    agendas = Agendas(session, start, end)
    return AgendaView(technicians=people(session, day, agendas), equipment=devices(session, agendas))
