"""PostgreSQL that is wrong, not there yet, or goes and comes: one clear line each, and nothing is lost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from engines.postgres import Server, at, execute, fresh_database
from psycopg.sql import SQL, Identifier
from sqlalchemy.exc import DBAPIError
from toy import Lamp, all_rows, objects, settings_in

from carnet.kernel import postgresql
from carnet.kernel.postgresql import checked, open_database
from carnet.kernel.service import service
from carnet.kernel.settings import BadSettings
from carnet.kernel.trial import Trial, trial
from carnet.kernel.trouble import first_line, is_engine_trouble


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """Keep the server down, killed, for as long as the block runs."""
    server.stop(kill=True)
    try:
        yield
    finally:
        server.start()


async def reasons(suite: Trial) -> list[str]:
    found: list[str] = (await suite.get("/objects/health/ready")).json()["reasons"]
    return found


async def until_ready(suite: Trial) -> None:
    async with asyncio.timeout(60):
        while await reasons(suite):  # noqa: ASYNC110  # as an orchestrator does
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:secret@h/d", "begins with mysql://; PostgreSQL's begins postgresql://."),
        ("postgresql://u:secret@h", r"names no database: postgresql://u:\*\*\*@h should end in /database."),
        ("postgresql://u:secret@h:port/d", "is no URL like postgresql://user:password@host:5432/database."),
        ("h:5432", "is no URL like"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_without_the_password(url: str, said: str) -> None:
    with pytest.raises(BadSettings, match=f"^CARNET_DATABASE .*{said}") as refused:
        checked(url)
    assert "secret" not in str(refused.value)


async def test_a_server_that_is_too_old_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    database = open_database(postgres_url)
    with pytest.raises(BadSettings, match=r"^CARNET_DATABASE is a PostgreSQL \d+; Carnet needs 99 or newer\.$"):
        await database.write(lambda connection: connection.exec_driver_sql("SELECT 1"))
    database.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "password authentication failed for user"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
        ({"port": 1}, "refused"),
        ({"query": {"sslmode": "verify-full"}}, "server does not support SSL"),
    ],
)
async def test_what_may_come_right_later_is_not_ready_with_a_sentence(
    postgres_url: str, tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    async with trial(objects=service(objects, settings_in(tmp_path, at(postgres_url, **wrong)))) as suite:
        (reason,) = await reasons(suite)
    assert said in reason
    assert "\n" not in reason


async def test_a_user_who_may_make_no_tables_is_told_so_and_is_ready_once_he_may(
    postgres_server: Server, postgres_url: str, tmp_path: Path
) -> None:
    with role(postgres_server, "poor_one") as url:
        poor = at(url, database=at_database(postgres_url))
        async with trial(objects=service(objects, settings_in(tmp_path, poor))) as suite:
            assert await reasons(suite) == ["The database cannot be used: permission denied for schema public"]
            execute(postgres_url, "GRANT CREATE ON SCHEMA public TO poor_one")
            await until_ready(suite)
        execute(postgres_url, "DROP OWNED BY poor_one CASCADE")


@contextmanager
def role(server: Server, name: str) -> Iterator[str]:
    """Make a user without rights, for the time of a test."""
    execute(server.url, SQL("CREATE ROLE {} LOGIN PASSWORD 'poor'").format(Identifier(name)))
    try:
        yield at(server.url, username=name, password="poor")
    finally:
        execute(server.url, SQL("DROP ROLE {}").format(Identifier(name)))


def at_database(url: str) -> str:
    return url.rpartition("/")[2]


async def test_a_service_starts_before_its_database_and_is_there_when_that_is(
    own_postgres: Server, tmp_path: Path
) -> None:
    with fresh_database(own_postgres) as url:
        with stopped(own_postgres):
            suite_without = trial(objects=service(objects, settings_in(tmp_path, url)))
            suite = await suite_without.__aenter__()
            assert "refused" in (await reasons(suite))[0]
        await until_ready(suite)
        assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201
        await suite_without.__aexit__(None, None, None)


async def test_a_restart_costs_no_command_and_no_row(own_postgres: Server, tmp_path: Path) -> None:
    with fresh_database(own_postgres) as url:
        async with trial(objects=service(objects, settings_in(tmp_path, url))) as suite:
            await light(suite, 3)
            with stopped(own_postgres):
                await light(suite, 3)
                refused = await suite.get("/objects/ops/dead-letters")
                assert (refused.status_code, refused.json()["title"]) == (503, "Not available now")
            await light(suite, 3)
            await suite.settle()
            assert len(await suite.runtime("objects").query(all_rows(Lamp))) == 9
            assert (await suite.post("/objects/ops/verify")).json()["differences"] == []
            assert (await suite.get("/objects/ops/dead-letters")).json() == []


async def light(suite: Trial, count: int) -> None:
    for watts in range(count):
        assert (await suite.post("/objects/lamps", {"watts": watts})).status_code == 201


async def test_connections_from_before_a_restart_are_not_used_again(own_postgres: Server) -> None:
    with fresh_database(own_postgres) as url:
        database = open_database(url)
        await database.write(lambda connection: connection.exec_driver_sql("SELECT 1"))
        with stopped(own_postgres):
            with pytest.raises(DBAPIError) as refused:
                await database.write(lambda connection: connection.exec_driver_sql("SELECT 1"))
            assert is_engine_trouble(refused.value)
            assert "refused" in first_line(refused.value)
        await database.write(lambda connection: connection.exec_driver_sql("SELECT 1"))
        database.close()


async def test_who_listens_hears_again_after_a_restart(own_postgres: Server) -> None:
    with fresh_database(own_postgres) as url:
        database, heard = open_database(url), asyncio.Semaphore(0)
        listening = asyncio.create_task(database.listen(heard.release))
        await heard.acquire()
        with stopped(own_postgres):
            pass
        async with asyncio.timeout(60):
            await heard.acquire()  # for what was missed
            await database.write(database.tell)
            await heard.acquire()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        database.close()
