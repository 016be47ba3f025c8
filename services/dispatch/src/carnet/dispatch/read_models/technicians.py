"""Technicians by name, with the days of their skills."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Field, Session, SQLModel, col, or_, select

from carnet.dispatch.domain.technician import Event, SkillGained, SkillLost, TechnicianRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class TechnicianRow(SQLModel, table=True):
    __tablename__ = "dispatch_technician"
    technician_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    name: str = ""


class SkillRow(SQLModel, table=True):
    """A skill and the days on which it holds, both included."""

    __tablename__ = "dispatch_skill"
    technician_id: str = Field(primary_key=True)
    skill: str = Field(primary_key=True)
    valid_from: date | None = None
    valid_until: date | None = None


def changes(heard: Heard[Event]) -> Iterable[Change]:
    match heard.fact:
        case TechnicianRegistered(technician_id=technician_id, number=number, name=name):
            yield Put(TechnicianRow, {"technician_id": technician_id}, {"number": number, "name": name})
        case SkillGained() as gained:
            days = {"valid_from": gained.valid_from, "valid_until": gained.valid_until}
            yield Put(SkillRow, {"technician_id": gained.technician_id, "skill": gained.skill}, days)
        case SkillLost() as lost:
            key = {"technician_id": lost.technician_id, "skill": lost.skill}
            yield Put(SkillRow, key, {"valid_until": lost.last_day})


MODEL = ReadModel(
    "dispatch.technicians", (TechnicianRow, SkillRow), (TechnicianRegistered, SkillGained, SkillLost), changes
)


def everyone(session: Session) -> Sequence[TechnicianRow]:
    """Give all technicians by name."""
    return session.exec(select(TechnicianRow).order_by(col(TechnicianRow.name), col(TechnicianRow.number))).all()


def ids(session: Session) -> list[str]:
    return [row.technician_id for row in everyone(session)]


def skills_on(session: Session, day: date) -> dict[str, list[str]]:
    """Give the skills that hold on a day, by technician, in alphabetical order."""
    open_ended = or_(col(SkillRow.valid_until).is_(None), col(SkillRow.valid_until) >= day)
    statement = select(SkillRow).where(col(SkillRow.valid_from) <= day, open_ended)
    found: dict[str, list[str]] = {}
    for row in session.exec(statement.order_by(col(SkillRow.skill))):
        found.setdefault(row.technician_id, []).append(row.skill)
    return found


def by_number(session: Session, number: str) -> TechnicianRow | None:
    return session.exec(select(TechnicianRow).where(TechnicianRow.number == number)).first()
