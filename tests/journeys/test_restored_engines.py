"""A spring on PostgreSQL and event stores on servers, backed up under load by docs/backup.md and restored elsewhere.

The stores are copied one after another while the work goes on, so each is of another moment. The development server's
file stands for the files of a real one, which was never met.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx
import psycopg
import pytest
from engines import NotHere, postgres
from engines.eventstore.log import Log
from engines.eventstore.server import DevelopmentServer
from engines.fixtures import skipping
from fastapi import FastAPI
from faults.firm import feeds_by, within
from sqlalchemy.engine import make_url
from test_five_processes import NUMBERED, Postbox, expected, line
from test_restored_year import mail_server

from carnet.kernel import service as services
from carnet.kernel.operating import renew
from carnet.kernel.serve import build, builder
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.trial import PATIENCE, Trial, trial
from carnet.runner.demo.office import Office
from carnet.runner.demo.year import YEAR, live_through

SCRIPT: Final = Path(__file__).parents[2] / "deploy/backup/postgres.sh"
ORDER: Final = ("notifications", "invoicing", "dispatch", "contracts", "objects")
PREFIX: Final = "spring."
MAILS: Final = 3  # that have gone when the backup is taken
LAST_DAY: Final = "2026-04-15"


@dataclass(frozen=True)
class Place:
    """What a suite stands on: by context the address of its event store and of its database."""

    folder: Path
    stores: Mapping[str, str]
    databases: Mapping[str, str]

    def settings(self, context: str, **more: Any) -> ServiceSettings:
        kind: type[ServiceSettings] = type(build(context).state.settings)
        where: dict[str, Any] = {
            "store": self.stores[context],
            "store_prefix": PREFIX,
            "database": self.databases[context],
        }
        return kind(data=self.folder, log_level="error", **where, **more)

    def app(self, context: str, smtp: str) -> FastAPI:
        return builder(context)(self.settings(context, smtp=smtp))

    @asynccontextmanager
    async def at_work(self, smtp: str) -> AsyncIterator[Trial]:
        """Run all five services until the block ends; requests come of an admin."""
        apps = {context: self.app(context, smtp) for context in CONTEXTS}
        async with within(apps) as client:
            with patch.object(services, "HttpFeeds", partial(feeds_by, client)):
                async with trial(**apps) as suite:
                    suite.client.headers.update(suite.bearer("admin"))
                    yield suite


@pytest.fixture
def databases(postgres_server: postgres.Server) -> Iterator[Callable[[], dict[str, str]]]:
    """Make an empty database for each context, again and again."""
    with skipping("PostgreSQL's own tools"):
        look_for_tools(postgres_server)
    with ExitStack() as stack:
        yield lambda: {each: stack.enter_context(postgres.fresh_database(postgres_server)) for each in CONTEXTS}


def look_for_tools(server: postgres.Server) -> None:
    """Raise NotHere where there is no pg_dump, or one that is older than the server."""
    if (found := shutil.which("pg_dump")) is None:
        raise NotHere("no pg_dump (Debian: apt-get install postgresql-client)")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    with psycopg.connect(server.url) as connection:
        newest, ours = connection.info.server_version // 10_000, int(re.findall(r"\d+", said)[0])
    if ours < newest:
        raise NotHere(f"pg_dump {ours} is older than the server, {newest}")


def postgres_script(url: str, what: str, *arguments: str) -> None:
    """Run the script on a database of the server at `url`; DATABASE among its arguments is that one's name."""
    parts = make_url(url)
    told = {"PGHOST": str(parts.host), "PGPORT": str(parts.port), "PGUSER": str(parts.username)}
    told |= {"PGPASSWORD": str(parts.password), "PATH": os.environ["PATH"]}
    command = [str(SCRIPT), what, *(str(parts.database) if each == "DATABASE" else each for each in arguments)]
    subprocess.run(command, env=told, check=True, timeout=PATIENCE)


def back_up(log: Path, place: Place, backup: Path) -> None:
    """Copy each store, then each database with its documents."""
    backup.mkdir()
    for context in ORDER:
        with closing(sqlite3.connect(log)) as store, closing(sqlite3.connect(backup / f"{context}.log")) as copy:
            store.backup(copy)
    for context in ORDER:
        postgres_script(place.databases[context], "backup", "DATABASE", str(backup / f"{context}.dump"))


async def restored(backup: Path, place: Place) -> None:
    """Fill the databases, and begin the next life of each store, which stands on its server already."""
    for context in CONTEXTS:
        postgres_script(place.databases[context], "restore", str(backup / f"{context}.dump"), "DATABASE")
        await renew(context, place.settings(context), empty=False)


@asynccontextmanager
async def served(backup: Path) -> AsyncIterator[dict[str, str]]:
    """Serve each context's copy by a server of its own."""
    async with AsyncExitStack() as stack:
        servers = {each: DevelopmentServer(Log(backup / f"{each}.log")) for each in CONTEXTS}
        for server in servers.values():
            await stack.enter_async_context(server)
        yield {context: server.uri for context, server in servers.items()}


async def play(client: httpx.AsyncClient) -> None:
    """Play the demonstration's days up to the last one of this spring."""
    office = Office(client)
    for day, steps in YEAR:
        if day <= LAST_DAY:
            await live_through(office, date.fromisoformat(day), steps)
    await office.rest()


def mails_sent(log: Log) -> int:
    return sum(each.type == "notification-sent.v1" for each in log.records)


async def until_mails_came(box: Postbox, playing: "asyncio.Task[Any]") -> None:
    async with asyncio.timeout(PATIENCE):
        while len(box.came) < MAILS:  # the mail server is a thread of its own
            assert not playing.done(), playing.result()
            await asyncio.sleep(0.01)


async def backed_up_under_load(tmp_path: Path, databases: dict[str, str]) -> Path:
    """Play until some mails have come, back up meanwhile, and leave that place for good."""
    log, backup = tmp_path / "store.log", tmp_path / "backup"
    async with DevelopmentServer(Log(log)) as server:
        place = Place(tmp_path / "here", dict.fromkeys(CONTEXTS, server.uri), databases)
        with mail_server() as (box, smtp):
            async with place.at_work(smtp) as suite:
                playing = asyncio.create_task(play(suite.client))
                await until_mails_came(box, playing)
                await asyncio.to_thread(back_up, log, place, backup)
                assert not playing.done()
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)
    return backup


async def listed(suite: Trial) -> list[list[Any]]:
    """Give every numbered document as `expected` lists it."""
    office = Office(suite.client)
    parties = {party["id"]: party["number"] for party in await office.all("/objects/parties")}
    documents = await office.all("/invoicing/invoices")
    return sorted(line(each, parties) for each in documents if each["kind"] in NUMBERED)


async def test_what_was_backed_up_goes_on_elsewhere_and_ends_as_if_nothing_had_happened(
    tmp_path: Path, databases: Callable[[], dict[str, str]]
) -> None:
    backup = await backed_up_under_load(tmp_path, databases())
    before = mails_sent(Log(backup / "notifications.log"))
    async with served(backup) as stores:
        place = Place(tmp_path / "elsewhere", stores, databases())
        await restored(backup, place)
        with mail_server() as (box, smtp):
            async with place.at_work(smtp) as suite:
                await play(suite.client)
                assert await listed(suite) == [each for each in expected() if each[1] <= LAST_DAY]
                assert [what for each in CONTEXTS for what in await suite.runtime(each).verify()] == []
    assert set(box.came.values()) == {1}
    assert 0 < before == mails_sent(Log(backup / "notifications.log")) - len(box.came)  # none of them is sent again
