"""The list of what falls due names exactly what each contract says, whatever its rhythm, however short the pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, select

from carnet.contracts.domain.contract import ContractSigned
from carnet.contracts.domain.terms import Billing, Cycle, CyclePlan, Parties, Position, Terms, Version
from carnet.contracts.read_models import contracts, falling_due, occurrences, rhythms
from carnet.contracts.read_models.contracts import ContractRow
from carnet.contracts.read_models.falling_due import due_between, listed, sort_key
from carnet.contracts.read_models.obligations import DueView
from carnet.kernel.database import engine
from carnet.kernel.projection import ReadModel, create_tables
from carnet.kernel.rows import Put, live, write

FIRST, LAST = date(2027, 12, 20), date(2028, 3, 5)  # over a turn of the year and a 29 February
START = date(2026, 1, 1)
RHYTHMS = tuple(product((1, 2, 5, 12, 24), (1, 15, 28, 29, 30, 31), ("nominal", "completed")))


def signed(number: int, every_months: int, day: int, anchored_to: Any) -> ContractSigned:
    contract_id = f"c-{number:02}"
    anchor = date(2026, 1 + number % 12, 1) + timedelta(days=day - 1)
    half = {"cycle_id": "a", "service": "a", "every_months": every_months, "anchor": anchor, "prepare_days_before": 0}
    plan = CyclePlan(valid_from=START, cycles=(Cycle.model_validate(half),))
    position = Position(position_id="p", object_id="o", first_day=START, plans=(plan,))
    terms = Terms(
        kind="maintenance",
        contract_number=contract_id,
        parties=Parties(debtor_id="k"),
        start=START,
        billing=Billing(every_months=12, anchor=START),
        positions=(position,),
        anchored_to=anchored_to,
    )
    return ContractSigned(
        version=Version(contract_id=contract_id, number=1, valid_from=START, recorded=START, terms=terms)
    )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Give the rows that contracts of all these rhythms leave."""
    made = engine(f"sqlite:///{tmp_path}/views.db", "BEGIN")
    with made.begin() as connection:
        for model in (contracts.MODEL, rhythms.MODEL, occurrences.MODEL):
            create_tables(connection, model)
        for number, rhythm in enumerate(RHYTHMS):
            for table in (contracts.MODEL, rhythms.MODEL):
                take(connection, table, signed(number, *rhythm))
        raise_one(connection)
    with Session(made) as opened:
        yield opened
    made.dispose()


def take(connection: Connection, model: ReadModel, fact: ContractSigned) -> None:
    heard: Any = SimpleNamespace(fact=fact, notice=SimpleNamespace(revision=0))  # all that these models read of it
    write(connection, live(*model.tables), model.changes(heard))


def raise_one(connection: Connection) -> None:
    """Raise a service on a day on which the newest version promises none."""
    with Session(connection) as opened:
        (due, *_) = due_between(opened, ["c-00"], FIRST, LAST)
    moved = due.model_copy(update={"due_on": due.due_on + timedelta(days=1)})
    visit = {**moved.model_dump(mode="json"), "version": 1, "kind": "maintenance", "debtor_id": "k"}
    visit["key"] = [due.position_id, due.cycle_id, due.k]
    told = {name: getattr(moved, name) for name in ("contract_id", "position_id", "cycle_id", "k", "due_on")}
    put = Put(occurrences.OccurrenceRow, {"occurrence_id": due.occurrence_id}, {**told, "whole": visit})
    write(connection, live(*occurrences.MODEL.tables), [put])


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_the_list_is_what_each_contract_says(session: Session, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falling_due, "PAGE", 4)
    every = [row.contract_id for row in session.exec(select(ContractRow))]
    assert len(every) == len(RHYTHMS)
    expected = due_between(session, every, FIRST, LAST)
    assert len(expected) > len(RHYTHMS)
    assert list(by_the_page(session, limit)) == expected


def by_the_page(session: Session, limit: int) -> Iterator[DueView]:
    page = listed(session, FIRST, LAST, (), limit)
    while page:
        yield from page
        page = listed(session, FIRST, LAST, sort_key(page[-1]), limit)


def test_a_day_asks_only_those_contracts_that_may_be_due(session: Session) -> None:
    day = date(2028, 2, 29)
    asked = rhythms.due_on(session, day)
    assert {due.contract_id for due in due_between(session, asked, day, day)} == asked
