"""What is asked of a read model stays as quick while its rows become more: no question reads a table from end to end.

SQLite plans by the indexes alone, so these are the plans of tables with millions of rows. What may grow with a table is
named here with its reason; `docs/scale.md` says from where on that is felt.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from read_models.asking import LISTS, PAGES
from read_models.years import app
from sqlalchemy import Engine, create_engine, event

from carnet.kernel.service import CONTEXTS
from carnet.kernel.trial import trial

SMALL: Final = frozenset(
    {
        *("dispatch_technician", "dispatch_skill", "dispatch_equipment", "dispatch_article"),
        *("invoicing_article", "invoicing_price", "invoicing_run", "contracts_run", "carnet_lease"),
    }
)
"""What a firm has hundreds of, or thousands at the most, or one of a day."""

GROWING: Final = {
    "invoicing_item": "open items are worked out from all items and what was applied to them",
}
READ_ON: Final = {
    "objects_party": "words are looked for in customers, by number, until the page is full",
    "contracts_contract": "a part of a number is looked for in contracts, by number, until the page is full",
    "invoicing_document": "a part of a number is looked for in documents, the newest first, until the page is full",
    "objects_history": "most days have what the portal tells of, so that the newest ones fill it",
}
"""What is read in the order of an index until a page is full, although a condition leaves some of it out."""

MORE: Final = (
    *("/objects/tasks", "/objects/tasks?object=o1", "/contracts/pages/due", "/contracts/reactions?status=running"),
    *("/dispatch/orders?status=open", "/dispatch/orders?technician=t1", "/dispatch/orders?object=o1"),
    *("/invoicing/invoices?debtor=k1", "/invoicing/invoices?object=o1", "/notifications/outbox?state=failed"),
)
SCAN: Final = re.compile(r"SCAN (\w+)(?: AS \w+)?(?P<by> USING (?:COVERING )?INDEX \w+)?$")
OF_ONE: Final = re.compile(r"SEARCH \w+ USING .*_id=\?\)")  # what one object, order or party has
SORTED: Final = "USE TEMP B-TREE FOR ORDER BY"


@dataclass(frozen=True)
class Question:
    """A statement that a database was asked, and how SQLite goes about it."""

    statement: str
    plan: tuple[str, ...]

    def reads_whole(self) -> set[str]:
        """Name the tables that are read from end to end."""
        scans = [scan for line in self.plan if (scan := SCAN.match(line)) and scan[1] != "hit"]
        return {scan[1] for scan in scans if not (scan["by"] and "LIMIT" in self.statement)}

    def reads_on(self) -> set[str]:
        """Name the tables that are read until a page is full, with a condition that leaves some of it out."""
        scans = [scan for line in self.plan if (scan := SCAN.match(line)) and scan["by"] and "LIMIT" in self.statement]
        return {scan[1] for scan in scans} if "WHERE" in self.statement else set()

    def sorts_all(self) -> bool:
        """Say whether more is sorted for one page than what one object, order or party has."""
        return SORTED in self.plan and "LIMIT" in self.statement and not OF_ONE.match(self.plan[0])


@contextmanager
def noted() -> Iterator[dict[str, tuple[str, Any]]]:
    """Note each statement that a database is asked to read, with the database and the values."""
    asked: dict[str, tuple[str, Any]] = {}

    def note(connection: Any, _: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked[statement] = str(connection.engine.url), values

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def explained(asked: dict[str, tuple[str, Any]]) -> Iterator[Question]:
    """Let SQLite tell the plan of each question; a list of ids that is empty is written as a query without a table."""
    for statement, (url, values) in asked.items():
        with create_engine(url).connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            yield Question(statement, tuple(row[3] for row in plan if row[3] not in EMPTY_LIST))


EMPTY_LIST: Final = ("SCAN CONSTANT ROW", "SCAN (subquery-1)")


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[Question]:
    return asyncio.run(all_asked(tmp_path_factory.mktemp("plans")))


async def all_asked(folder: Path) -> list[Question]:
    """Ask five empty services all that persons and programs ask."""
    async with trial(**{context: app(context, folder, None, lambda parts: parts) for context in CONTEXTS}) as suite:
        await suite.settle()
        with noted() as asked:
            for path in (*LISTS, *MORE):
                await suite.get(path)
            for path in PAGES:
                await suite.get(path, headers={"Accept": "text/html"})
        return list(explained(asked))


def test_no_question_reads_a_table_that_grows_from_end_to_end(questions: list[Question]) -> None:
    whole = {(table, each.statement) for each in questions for table in each.reads_whole()}
    assert not {each for each in whole if each[0] not in SMALL | GROWING.keys()}
    assert {table for table, _ in whole} >= GROWING.keys(), "what grows no more is named no more"


def test_no_page_leaves_much_out_before_it_is_full(questions: list[Question]) -> None:
    assert {table for each in questions for table in each.reads_on()} == READ_ON.keys()


def test_no_page_sorts_more_than_what_one_object_or_party_has(questions: list[Question]) -> None:
    assert not [each.statement for each in questions if each.sorts_all()]
