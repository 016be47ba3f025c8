"""A batch of changes ends as the same changes one by one, in few statements."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from engines.postgres import fresh_database
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine
from sqlmodel import Field, SQLModel

from carnet.kernel.columns import exact, instant, json
from carnet.kernel.postgresql import checked
from carnet.kernel.rows import Add, Change, Delete, Put, live, write


class Shelf(SQLModel, table=True):
    __tablename__ = "test_shelf"
    shelf: str = Field(primary_key=True)
    label: str = "new"
    boxes: int = 0


class Box(SQLModel, table=True):
    __tablename__ = "test_box"
    box: str = Field(primary_key=True)
    sealed: bool = False
    weight: float | None = None
    worth: Decimal | None = exact()
    packed: date | None = None
    seen: datetime | None = instant()
    labels: Any = json()
    content: bytes = b""


TABLES = live(Shelf)
KEYS = st.sampled_from(["a", "b"])
CHANGES = st.one_of(
    st.builds(lambda key, label: Put(Shelf, {"shelf": key}, {"label": label}), KEYS, st.sampled_from("xyz")),
    st.builds(lambda key, boxes: Put(Shelf, {"shelf": key}, {"boxes": boxes}), KEYS, st.integers(0, 9)),
    st.builds(lambda key, boxes: Add(Shelf, {"shelf": key}, {"boxes": boxes}), KEYS, st.integers(-3, 3)),
    st.builds(lambda key: Put(Shelf, {"shelf": key}), KEYS),
    st.builds(lambda key: Delete(Shelf, {"shelf": key}), KEYS),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ExitStack() as stack:
        url = "sqlite://"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = checked(stack.enter_context(fresh_database(server)))
        made = create_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with empty(engine) as made:
        yield made


@contextmanager
def empty(engine: Engine) -> Iterator[Connection]:
    """Make the table in a transaction that is never committed."""
    with engine.connect() as made:
        made.exec_driver_sql("DROP TABLE IF EXISTS test_shelf")
        TABLES["test_shelf"].create(made)
        yield made
        made.rollback()


def rows(connection: Connection) -> list[tuple[str, str, int]]:
    return sorted(tuple(row) for row in connection.execute(TABLES["test_shelf"].select()))


def test_a_row_begins_with_its_defaults(connection: Connection) -> None:
    write(connection, TABLES, [Put(Shelf, {"shelf": "a"})])
    assert rows(connection) == [("a", "new", 0)]


def test_a_change_leaves_the_other_columns_alone(connection: Connection) -> None:
    write(connection, TABLES, [Put(Shelf, {"shelf": "a"}, {"label": "x", "boxes": 3})])
    write(connection, TABLES, [Put(Shelf, {"shelf": "a"}, {"label": "y"}), Add(Shelf, {"shelf": "a"}, {"boxes": 2})])
    assert rows(connection) == [("a", "y", 5)]


BOXES = (
    {"box": "a", "sealed": True, "weight": 0.1, "worth": Decimal("12.50"), "packed": date(2026, 2, 28),
     "seen": datetime(2026, 1, 1, tzinfo=UTC), "labels": [{"de": "Zürich", "n": [1, None]}], "content": b"\0\xff"},
    {"box": "b", "sealed": False, "weight": None, "worth": None, "packed": None, "seen": None,
     "labels": {}, "content": b""},
    {"box": "ä, '\"{}\\", "sealed": False, "weight": -1e300, "worth": Decimal("-0.001"), "packed": date(1, 1, 1),
     "seen": datetime(2026, 7, 1, 12, tzinfo=UTC), "labels": 'a "word", {x}', "content": b"{\\x}"},
)  # fmt: skip


def test_every_kind_of_column_comes_back_as_it_was_put(connection: Connection) -> None:
    boxes = live(Box)
    boxes["test_box"].create(connection)
    write(
        connection,
        boxes,
        [Put(Box, {"box": each["box"]}, {n: v for n, v in each.items() if n != "box"}) for each in BOXES],
    )
    found = connection.execute(boxes["test_box"].select()).mappings()
    assert sorted((dict(row) for row in found), key=str) == sorted(BOXES, key=str)


@settings(deadline=None)
@given(changes=st.lists(CHANGES, max_size=12), cut=st.integers(1, 12))
def test_batches_of_any_size_end_in_the_same_rows(engine: Engine, changes: list[Change], cut: int) -> None:
    with empty(engine) as one_by_one:
        for change in changes:
            write(one_by_one, TABLES, [change])
        expected = rows(one_by_one)
    with empty(engine) as in_batches:
        for at in range(0, len(changes), cut):
            write(in_batches, TABLES, changes[at : at + cut])
        assert rows(in_batches) == expected
