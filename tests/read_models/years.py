"""The demonstration's year, played on PostgreSQL; then its stores and topics are read again into SQLite."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeAlias

from contract.samples import APPS
from fastapi import FastAPI
from pydantic import SecretStr
from read_models.asking import answers

from carnet.kernel.context import Context
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.rebuild import start_rebuild
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import CONTEXTS, service
from carnet.kernel.trial import Trial, trial
from carnet.kernel.verify import snapshot
from carnet.runner.demo import play

Rows: TypeAlias = dict[str, dict[Any, Any]]
"""By table and key."""


@dataclass
class Year:
    """What was found: by context its differences (`verify`) and its rows; the answers by their questions."""

    figures: dict[str, Any]
    differences: dict[str, list[str]]
    rows: dict[str, Rows]
    rebuilt: dict[str, Rows]
    answers: dict[str, Any]

    @classmethod
    async def played(cls, folder: Path, databases: Callable[[str], SecretStr | None]) -> Self:
        """Play the year; look at it, and again once every read model was built anew."""
        async with running(folder, databases, lambda parts: parts) as suite:
            figures, found = await play(suite.client), await answers(suite)
            differences = {context: await suite.runtime(context).verify() for context in CONTEXTS}
            rows = {context: await rows_in(suite.runtime(context)) for context in CONTEXTS}
            return cls(figures, differences, rows, await rebuilt(suite), found)

    @classmethod
    async def read_again(cls, folder: Path) -> Self:
        """Build all read models in empty databases of SQLite, from what the year has left behind in a folder."""
        async with running(folder, lambda _: None, without_reactions) as suite:
            rows = await rebuilt(suite)
            return cls({}, {}, rows, rows, await answers(suite))


@asynccontextmanager
async def running(
    folder: Path, databases: Callable[[str], SecretStr | None], parts_of: Callable[[Context], Context]
) -> AsyncIterator[Trial]:
    async with trial(**{each: app(each, folder, databases(each), parts_of) for each in CONTEXTS}) as suite:
        suite.client.headers.update(suite.bearer("admin"))
        feeds = HttpFeeds(suite.client, lambda _: "http://127.0.0.1")
        for context in CONTEXTS:
            for projector in suite.runtime(context).projectors:
                projector.around = replace(projector.around, feeds=feeds)
        yield suite


def app(context: str, folder: Path, database: SecretStr | None, parts_of: Callable[[Context], Context]) -> FastAPI:
    known = APPS[context].state
    settings = type(known.settings)(data=folder, database=database, log_level="error")
    return service(parts_of(known.parts), settings, known.pages)


def without_reactions(parts: Context) -> Context:
    return replace(parts, reactions=lambda _: (), chores=())


async def rebuilt(suite: Trial) -> dict[str, Rows]:
    """Build every read model anew; give their rows."""
    await suite.settle()
    for context in CONTEXTS:
        runtime = suite.runtime(context)
        for projector in runtime.projectors:
            await (await start_rebuild(projector)).run()
    return {context: await rows_in(suite.runtime(context)) for context in CONTEXTS}


async def rows_in(runtime: Runtime) -> Rows:
    found = [await runtime.query(partial(snapshot, projector)) for projector in runtime.projectors]
    return {name: rows for each in found for name, rows in each.rows.items()}
