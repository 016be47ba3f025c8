"""How the billing runs went, and the contracts that the newest one parked."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.invoicing.domain.run import RunRecorded, RunStarted
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class RunRow(SQLModel, table=True):
    """A run's day with what its newest pass did; `parked` are contracts with their reasons.

    A run that is not `recorded` is under way, or was interrupted.
    """

    __tablename__ = "invoicing_run"
    run_date: date = Field(primary_key=True)
    contracts: int = 0
    recorded: bool = False
    billed: int = 0
    unbilled: int = 0
    parked: list[dict[str, Any]] = json()


def changes(heard: Heard[Any]) -> Iterable[Change]:
    match heard.fact:
        case RunStarted() as fact:
            yield Put(RunRow, {"run_date": fact.run_date}, {"contracts": fact.contracts})
        case RunRecorded() as fact:
            told = fact.model_dump(mode="json", include={"billed", "parked"})
            yield Put(RunRow, {"run_date": fact.run_date}, {**told, "unbilled": fact.nothing, "recorded": True})


MODEL = ReadModel("invoicing.runs", (RunRow,), (RunStarted, RunRecorded), changes)


def of_day(session: Session, day: date) -> RunRow | None:
    return session.get(RunRow, day)


def newest(session: Session) -> RunRow | None:
    """Give the run of the latest day."""
    return session.exec(select(RunRow).order_by(col(RunRow.run_date).desc()).limit(1)).first()
