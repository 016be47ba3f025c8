"""A database's password changes under a running service, as `docs/operations.md` says."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

import pytest
from engines.postgres import Server, at, execute, fresh_database
from psycopg.sql import SQL, Identifier
from toy import objects, settings_in

from carnet.kernel.service import service
from carnet.kernel.trial import Trial, trial

WHO = "carnet_rotated"
DISCONNECT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{WHO}'"


@pytest.fixture
def url(postgres_server: Server) -> Iterator[str]:
    """The superuser's URL of an empty database in which a user may make tables."""
    with user(postgres_server), fresh_database(postgres_server) as made:
        execute(made, SQL("GRANT CREATE ON SCHEMA public TO {}").format(Identifier(WHO)))
        yield made


@contextmanager
def user(server: Server) -> Iterator[None]:
    execute(server.url, SQL("CREATE ROLE {} LOGIN PASSWORD 'old'").format(Identifier(WHO)))
    try:
        yield
    finally:
        execute(server.url, SQL("DROP ROLE {}").format(Identifier(WHO)))


async def test_a_service_keeps_its_connections_and_says_why_it_gets_no_new_ones(tmp_path: Path, url: str) -> None:
    async with at_work(tmp_path, url, "old") as suite:
        await light(suite)
        execute(url, f"ALTER ROLE {WHO} PASSWORD 'new'")
        await light(suite)
        assert (await suite.get("/objects/health/ready")).is_success
        execute(url, DISCONNECT)
        while "password authentication failed" not in (await suite.get("/objects/health/ready")).text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    async with at_work(tmp_path, url, "new") as suite:
        await light(suite)
        assert (await suite.get("/objects/health/ready")).is_success


def at_work(folder: Path, url: str, password: str) -> AbstractAsyncContextManager[Trial]:
    return trial(objects=service(objects, settings_in(folder, at(url, username=WHO, password=password))))


async def light(suite: Trial) -> None:
    """Give a command that is kept, and wait until its read model has it."""
    assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201
    await suite.settle()
