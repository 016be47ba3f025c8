"""The database: writers take turns, also across processes; readers have one snapshot; both engines, one meaning."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from engines.postgres import DatabaseOf
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from toy import settings_in

from carnet.kernel.bell import Bell
from carnet.kernel.database import Database
from carnet.kernel.engines import kept
from carnet.kernel.migrations import upgrade

Opens = Callable[[], Database]
COUNT = "SELECT position FROM carnet_checkpoint WHERE consumer = 'count'"
ADD_ONE = "UPDATE carnet_checkpoint SET position = {} WHERE consumer = 'count'"


@pytest.fixture
async def opens(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Opens]:
    """Open the same database again and again, as several processes do; a count stands in it at 0."""
    opened: list[Database] = []

    def another() -> Database:
        database, _ = kept(tmp_path, settings_in(tmp_path, database_of("objects")))
        opened.append(database)
        return database

    await another().write(upgrade)
    await opened[0].write(lambda c: c.exec_driver_sql("INSERT INTO carnet_checkpoint VALUES ('count', 0)"))
    yield another
    for each in opened:
        each.close()


def count(connection: Connection) -> int:
    return int(connection.exec_driver_sql(COUNT).scalar_one())


def add_one(connection: Connection) -> None:
    connection.exec_driver_sql(ADD_ONE.format(count(connection) + 1))


async def test_each_writer_sees_what_the_one_before_has_written(opens: Opens) -> None:
    here, there = opens(), opens()
    await asyncio.gather(*(each.write(add_one) for each in (here, there) * 20))
    assert await here.read(lambda session: count(session.connection())) == 40


async def test_a_reader_sees_one_moment_however_long_it_looks(opens: Opens) -> None:
    here, there = opens(), opens()
    began, go_on = Event(), Event()

    def look_twice(session: Session) -> tuple[int, int]:
        first = count(session.connection())
        began.set()
        assert go_on.wait(60)
        return first, count(session.connection())

    looking = asyncio.create_task(here.read(look_twice))
    while not began.is_set():  # noqa: ASYNC110  # a thread rings no bell of ours
        await asyncio.sleep(0)
    await there.write(add_one)
    go_on.set()
    assert await looking == (0, 0)
    assert await here.read(lambda session: count(session.connection())) == 1


async def test_what_fails_is_undone(opens: Opens) -> None:
    here = opens()

    def half(connection: Connection) -> None:
        add_one(connection)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # our own
        await here.write(half)
    assert await here.write(count) == 0


async def test_what_fails_says_nothing_of_persons(opens: Opens) -> None:
    """An error ends in logs, beside a dead letter and in a span: there the values of its statement do not belong."""
    insert = text("INSERT INTO nowhere VALUES (:name)")
    with pytest.raises(DBAPIError) as refused:
        await opens().write(lambda c: c.execute(insert, {"name": "Madame Favre"}))
    assert "nowhere" in str(refused.value)
    assert "Favre" not in str(refused.value)


async def test_who_waits_for_another_process_is_told_or_looks_again_soon(opens: Opens) -> None:
    here, there, bell = opens(), opens(), Bell()
    listening = asyncio.create_task(here.listen(bell.ring))
    if here.kind.tell:
        await bell.wait(0)  # it listens now
        rung = bell.rung
        await there.write(there.tell)
        await bell.wait(rung)
    else:
        await listening
        assert here.kind.look_again <= 0.05
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_new_file_that_another_writes_is_waited_for(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "views.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE theirs (n)")
        database = Database.in_folder(tmp_path)
        opening = asyncio.create_task(database.write(lambda c: c.exec_driver_sql("CREATE TABLE ours (n)")))
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        await opening
    names = await database.read(lambda s: s.connection().exec_driver_sql("SELECT name FROM sqlite_master").all())
    assert {name for (name,) in names} == {"theirs", "ours"}
    database.close()
