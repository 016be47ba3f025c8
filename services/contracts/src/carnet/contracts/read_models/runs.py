"""The runs of each day, as their first pass went."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.contracts.domain.run import Event, RunFinished, RunStarted
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset


class RunRow(SQLModel, table=True):
    """One day; not `finished`: it was cut off and goes on when it is started again."""

    __tablename__ = "contracts_run"
    run_date: date = Field(primary_key=True)
    finished: bool = False
    contracts: int = 0
    raised: int = 0
    excused: int = 0
    renewed: int = 0
    parked: list[dict[str, Any]] = json()


def changes(heard: Heard[Event]) -> Iterator[Change]:
    match heard.fact:
        case RunStarted(run_date=run_date):
            yield Put(RunRow, {"run_date": run_date}, {"parked": []})
        case RunFinished() as fact:
            values = fact.model_dump(mode="json", include={"contracts", "raised", "excused", "renewed", "parked"})
            yield Put(RunRow, {"run_date": fact.run_date}, {"finished": True, **values})


MODEL = ReadModel("contracts.runs", (RunRow,), (RunStarted, RunFinished), changes)


def newest_until(session: Session, day: date) -> RunRow | None:
    """Give the run of a day, else the last one before it."""
    statement = select(RunRow).where(col(RunRow.run_date) <= day).order_by(col(RunRow.run_date).desc())
    return session.exec(statement.limit(1)).first()


def listed(session: Session, after: tuple[Any, ...], limit: int) -> Sequence[RunRow]:
    """Give at most `limit` runs, the newest first, after the keyset (day)."""
    statement = select(RunRow).order_by(col(RunRow.run_date).desc()).limit(limit)
    if after:
        statement = statement.where(col(RunRow.run_date) < keyset(after, date.fromisoformat)[0])
    return session.exec(statement).all()
