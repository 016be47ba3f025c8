"""A read model is rebuilt and swapped under writes: no read fails and none goes backward (promise 14)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from engines.postgres import DatabaseOf
from sqlalchemy import Connection, Index
from sqlmodel import Session, func, select
from toy import Lamp, Lit, all_rows, lamp_model, lamps, objects, settings_in

from carnet.kernel.because import Because
from carnet.kernel.generations import schema_hash
from carnet.kernel.rebuild import Rebuild
from carnet.kernel.rows import live
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import service
from carnet.kernel.tables import Model
from carnet.kernel.trial import Trial, trial


@pytest.fixture
async def suite(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Trial]:
    settings = settings_in(tmp_path, database_of("objects"))
    async with trial(objects=service(objects, settings)) as running:
        yield running


async def light_many(runtime: Runtime, first: int, count: int) -> None:
    for n in range(first, first + count):
        await runtime.handle(lamps, f"{n}", Lit(lamp=f"{n}", watts=n), Because("test", "test"))


async def watch(runtime: Runtime, counts: list[int]) -> None:
    while True:
        counts.append(await runtime.query(lambda session: session.exec(select(func.count()).select_from(Lamp)).one()))
        await asyncio.sleep(0)


async def test_what_an_operator_rebuilds_answers_meanwhile_and_its_service_is_ready(
    suite: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    await suite.settle()
    go_on = asyncio.Event()
    monkeypatch.setattr(Rebuild, "run", lambda _, __: go_on.wait())
    assert (await suite.post("/objects/ops/rebuild/objects.lamps")).status_code == 202
    assert (await suite.get("/objects/ops/status")).json()["rebuilds"] == {"objects.lamps": 0}
    assert (await suite.get("/objects/health/ready")).status_code == 200
    go_on.set()


async def test_rebuilt_under_writes_no_read_fails_or_goes_backward(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    await light_many(runtime, 0, 60)
    await suite.settle()
    counts: list[int] = []
    watching = asyncio.create_task(watch(runtime, counts))
    writing = asyncio.create_task(light_many(runtime, 60, 60))
    for generation in (2, 3):
        await Rebuild(runtime.projectors[0], generation, needed=False).run()
    await writing
    await suite.settle()
    watching.cancel()
    assert counts == sorted(counts)
    live_rows = await runtime.query(all_rows(Lamp))
    assert sorted(row["lamp"] for row in live_rows) == sorted(str(n) for n in range(120))
    assert all(row["events"] == 1 for row in live_rows)  # none was taken in twice around the swap


async def test_a_reader_that_began_before_a_swap_has_the_tables_of_its_time(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    await light_many(runtime, 0, 30)
    await suite.settle()
    began, go_on = Event(), Event()

    def look(session: Session) -> int:
        session.exec(select(Model)).all()  # from here on it has a snapshot, but no lamp's table
        began.set()
        assert go_on.wait(60)
        return session.exec(select(func.count()).select_from(Lamp)).one()

    looking = asyncio.create_task(runtime.query(look))
    while not began.is_set():  # noqa: ASYNC110  # a thread rings no bell of ours
        await asyncio.sleep(0)
    rebuilding = asyncio.create_task(Rebuild(runtime.projectors[0], 2, needed=False).run())
    while not (rebuilding.done() or await runtime.engines.database.beside(somebody_waits)):  # noqa: ASYNC110  # as above
        await asyncio.sleep(0.01)
    go_on.set()
    assert await looking == 30
    await rebuilding


def somebody_waits(connection: Connection) -> bool:
    """Say whether a transaction waits for a table that another one has; on SQLite none ever does."""
    if connection.dialect.name == "sqlite":
        return False
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted"
    return bool(connection.exec_driver_sql(waiting).scalar())


async def test_a_changed_schema_is_rebuilt_at_the_next_start(tmp_path: Path, database_of: DatabaseOf) -> None:
    settings = settings_in(tmp_path, database_of("objects"))
    async with trial(objects=service(objects, settings)) as suite:
        await light_many(suite.runtime("objects"), 0, 3)
        await suite.settle()
        older = {"schema_hash": "of another release"}
        database = suite.runtime("objects").engines.database
        await database.write(lambda c: c.execute(live(Model)["carnet_read_model"].update().values(older)))
    async with trial(objects=service(objects, settings)) as suite:
        await suite.settle()
        (model,) = await suite.runtime("objects").query(all_rows(Model))
        assert (model["schema_hash"], model["generation"]) == (schema_hash(lamp_model), 2)
        assert len(await suite.runtime("objects").query(all_rows(Lamp))) == 3


def test_a_read_model_that_hears_of_more_is_another_one() -> None:
    assert schema_hash(replace(lamp_model, hears=lamp_model.hears[:2])) != schema_hash(lamp_model)


def test_a_read_model_with_another_index_is_another_one() -> None:
    before = schema_hash(lamp_model)
    (table,) = live(Lamp).values()
    index = Index("ix_of_a_later_release", *table.primary_key.columns)
    assert schema_hash(lamp_model) != before
    table.indexes.remove(index)
    assert schema_hash(lamp_model) == before
