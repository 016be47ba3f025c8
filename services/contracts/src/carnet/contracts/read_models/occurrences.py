"""Services that fell due, and what became of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.contracts.domain.obligations import History, Outcome
from carnet.contracts.domain.occurrence import Event, ObligationExcused, ServiceDone, ServiceDue, ServiceSkipped
from carnet.contracts.domain.timetable import Key
from carnet.contracts.domain.visits import Visit
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class OccurrenceRow(SQLModel, table=True):
    """A service that was raised; `status` is open, done, skipped or excused, `whole` the visit as JSON."""

    __tablename__ = "contracts_occurrence"
    occurrence_id: str = Field(primary_key=True)
    contract_id: str = Field(default="", index=True)
    position_id: str = ""
    cycle_id: str = ""
    k: int = 0
    object_id: str = ""
    service: str = ""
    due_on: date | None = Field(default=None, index=True)
    raised_on: date | None = None
    status: str = Field(default="open", index=True)
    order_id: str | None = None
    done_on: date | None = None
    reason: str | None = None
    whole: dict[str, Any] = json()


def changes(heard: Heard[Event]) -> Iterator[Change]:
    match heard.fact:
        case ServiceDue(visit=visit, raised_on=raised_on):
            yield put(visit.occurrence_id, raised_on=raised_on, **told(visit))
        case ServiceDone() as fact:
            yield put(fact.occurrence_id, status="done", order_id=fact.order_id, done_on=fact.done_on, reason=None)
        case ServiceSkipped() as fact:
            yield put(fact.occurrence_id, status="skipped", reason=fact.reason)
        case ObligationExcused() as fact:
            yield put(fact.occurrence_id, status="excused", reason=fact.reason)


def put(occurrence_id: str, **values: Any) -> Put:
    return Put(OccurrenceRow, {"occurrence_id": occurrence_id}, values)


def told(visit: Visit) -> dict[str, Any]:
    plain = visit.model_dump(include={"contract_id", "object_id", "service", "due_on"})
    return {**plain, **visit.key._asdict(), "whole": visit.model_dump(mode="json")}


MODEL = ReadModel(
    "contracts.occurrences", (OccurrenceRow,), (ServiceDue, ServiceDone, ServiceSkipped, ObligationExcused), changes
)


def key_of(row: OccurrenceRow) -> Key:
    return Key(row.position_id, row.cycle_id, row.k)


def history_of(rows: Sequence[OccurrenceRow]) -> History:
    """Read rows of one contract; done ones count on the day of the work, skipped and excused ones on their due date."""
    due: dict[Key, date] = {key_of(row): row.due_on for row in rows if row.due_on}
    outcomes: dict[Key, Outcome] = {key_of(row): as_outcome(row.status) for row in rows}
    closed = {key_of(row): row.done_on or row.due_on for row in rows if row.status != "open"}
    return History(due, outcomes, {key: day for key, day in closed.items() if day})


def as_outcome(status: str) -> Outcome:
    match status:
        case "open" | "done" | "skipped" | "excused":
            return status
        case _:
            raise ValueError(f"no outcome: {status}")


def of_contract(session: Session, contract_id: str) -> Sequence[OccurrenceRow]:
    """Give all services that were raised of a contract, by due date."""
    return by_contract(session, [contract_id]).get(contract_id, ())


def contracts_due_on(session: Session, day: date) -> set[str]:
    """Give the contracts of which a service was raised that is due on a day."""
    return set(session.exec(select(OccurrenceRow.contract_id).where(OccurrenceRow.due_on == day)))


def by_contract(session: Session, contract_ids: Collection[str]) -> dict[str, Sequence[OccurrenceRow]]:
    """Give all services that were raised of each of some contracts, by due date."""
    statement = select(OccurrenceRow).where(col(OccurrenceRow.contract_id).in_(contract_ids))
    rows: dict[str, list[OccurrenceRow]] = defaultdict(list)
    for row in session.exec(statement.order_by(col(OccurrenceRow.due_on), col(OccurrenceRow.occurrence_id))):
        rows[row.contract_id].append(row)
    return dict(rows)
