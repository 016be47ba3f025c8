"""On which days of which months the services of a contract come back (R6), so that a day finds its contracts."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Index, literal
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.contracts.domain.contract import VersionMade
from carnet.contracts.domain.terms import Cycle, Terms
from carnet.contracts.read_models.contracts import WHAT
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put

FLOATING: Final = 0  # the day of a rhythm that follows the days of the work, and so may fall on any
LAST_DAY: Final = 31


class RhythmRow(SQLModel, table=True):
    """A rhythm of a contract's newest version: due where the months since year 0 leave `phase` by `every_months`."""

    __tablename__ = "contracts_rhythm"
    __table_args__ = (Index("ix_contracts_rhythm_day", "day", "every_months", "phase", "contract_id"),)
    contract_id: str = Field(primary_key=True)
    every_months: int = Field(primary_key=True)
    phase: int = Field(primary_key=True)
    day: int = Field(primary_key=True)


def changes(heard: Heard[VersionMade]) -> Iterator[Change]:
    contract_id, terms = heard.fact.version.contract_id, heard.fact.version.terms
    yield Delete(RhythmRow, {"contract_id": contract_id})
    for every_months, phase, day in dict.fromkeys(rhythms(terms)):
        key = {"contract_id": contract_id, "every_months": every_months, "phase": phase, "day": day}
        yield Put(RhythmRow, key)


def rhythms(terms: Terms) -> Iterator[tuple[int, int, int]]:
    for cycle in cycles(terms):
        if terms.anchored_to == "completed":
            yield 1, 0, FLOATING
        else:
            yield cycle.every_months, month_of(cycle.anchor) % cycle.every_months, cycle.anchor.day


def cycles(terms: Terms) -> Iterator[Cycle]:
    return (cycle for position in terms.positions for plan in position.plans for cycle in plan.cycles)


def month_of(day: date) -> int:
    return day.year * 12 + day.month


MODEL = ReadModel("contracts.rhythms", (RhythmRow,), tuple(WHAT), changes)


def due_on(session: Session, day: date) -> set[str]:
    """Give the contracts of which something may be due on a day; what falls after a month's end is due on its last."""
    is_last = day.day == monthrange(day.year, day.month)[1]
    days = range(day.day, LAST_DAY + 1) if is_last else (day.day,)
    phase: Any = literal(month_of(day)) % col(RhythmRow.every_months)
    query = select(RhythmRow.contract_id).where(col(RhythmRow.day).in_(days), phase == RhythmRow.phase)
    return set(session.exec(query))


def floating(session: Session) -> set[str]:
    """Give the contracts whose services follow the days of the work."""
    return set(session.exec(select(RhythmRow.contract_id).where(RhythmRow.day == FLOATING)))
