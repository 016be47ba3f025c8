"""What a contract promises in a stretch of time and what became of it: the timetable and the ledger (B7)."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeAlias

from pydantic import BaseModel
from sqlmodel import Session

from carnet.contracts.domain.obligations import History, Obligations, Outcome, ledger
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.timetable import Key
from carnet.contracts.domain.visits import Visit, promised
from carnet.contracts.read_models import contracts, occurrences, offers
from carnet.contracts.read_models.contracts import ContractRow
from carnet.contracts.read_models.occurrences import OccurrenceRow
from carnet.kernel.runtime import Runtime

Raised: TypeAlias = tuple[ContractRow, Sequence[OccurrenceRow]]
"""A contract with all that was raised of it."""

PAGE: Final = 500  # contracts


class DueView(BaseModel):
    """A service in the list of what is due; one that no run has raised yet is `promised`."""

    occurrence_id: str
    contract_id: str
    contract_number: str
    position_id: str
    cycle_id: str
    k: int
    object_id: str
    service: str
    due_on: date
    prepare_on: date
    tolerance_days: int
    persons: int
    skills: tuple[str, ...]
    equipment: tuple[str, ...]
    status: str
    order_id: str | None = None
    done_on: date | None = None
    reason: str | None = None


def obligations(session: Session, row: ContractRow, first: date, last: date) -> Obligations:
    """Count a contract's visits due from the first day to the last."""
    history = occurrences.history_of(occurrences.of_contract(session, row.contract_id))
    visits = promised(contracts.version_of(row), first, last, history.closed)
    return ledger([visit.key for visit in visits], outcomes_between(history, first, last))


def outcomes_between(history: History, first: date, last: date) -> dict[Key, Outcome]:
    return {key: history.outcomes[key] for key, due_on in history.due.items() if first <= due_on <= last}


def of_contract(version: Version, rows: Sequence[OccurrenceRow], first: date, last: date) -> Iterator[DueView]:
    yield from view_raised(version, [row for row in rows if row.due_on and first <= row.due_on <= last])
    yield from view_promised(version, rows, first, last)


def view_raised(version: Version, rows: Sequence[OccurrenceRow]) -> Iterator[DueView]:
    for row in rows:
        outcome = row.model_dump(include={"status", "order_id", "done_on", "reason"})
        yield view(version, Visit.model_validate(row.whole), **outcome)


def view_promised(version: Version, rows: Sequence[OccurrenceRow], first: date, last: date) -> Iterator[DueView]:
    history = occurrences.history_of(rows)
    for visit in promised(version, first, last, history.closed):
        if visit.key not in history.due:
            yield view(version, visit, status="promised")


def view(version: Version, visit: Visit, **outcome: object) -> DueView:
    plain = visit.model_dump(exclude={"key"}) | visit.key._asdict() | outcome
    return DueView.model_validate({**plain, "contract_number": version.terms.contract_number})


async def histories(runtime: Runtime) -> AsyncIterator[tuple[str, History]]:
    """Give every contract with what was raised of it, then each offer that stood at first: a run goes over these."""
    standing = await runtime.query(offers.standing)
    after: tuple[str, ...] = ()
    while page := await runtime.query(partial(a_page, after=after)):
        for row, raised in page:
            yield row.contract_id, occurrences.history_of(raised)
        after = contracts.sort_key(page[-1][0])
    for contract_id in standing:
        yield contract_id, History()


def a_page(session: Session, after: tuple[str, ...]) -> list[Raised]:
    rows = contracts.listed(session, contracts.Filter(), after, PAGE)
    raised = occurrences.by_contract(session, [row.contract_id for row in rows])
    return [(row, raised.get(row.contract_id, ())) for row in rows]
