"""A rebuild that is cut off, asked for twice, or that meets gaps and skipped letters still ends as the live one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from engines.postgres import DatabaseOf
from test_rebuild import light_many
from toy import Lamp, Lit, PutOut, Task, all_rows, lamps, toys

from carnet.kernel.because import Because
from carnet.kernel.lease import LeaseLost, holding
from carnet.kernel.rebuild import Rebuild, start_rebuild
from carnet.kernel.tables import Held
from carnet.kernel.trial import Trial, trial


@pytest.fixture
async def suite(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Trial]:
    async with trial(**toys(tmp_path, database_of)) as running:
        yield running


async def test_a_rebuild_that_was_cut_off_begins_again_from_the_first_event(suite: Trial) -> None:
    await light_many(suite.runtime("objects"), 0, 5)
    await suite.settle()
    runtime = suite.runtime("dispatch")
    cut_off = await start_rebuild(runtime.projectors[0])
    await runtime.engines.database.write(cut_off.make_tables)
    await cut_off.catch_up()  # and here it dies
    await (await start_rebuild(runtime.projectors[0])).run()
    assert len(await runtime.query(all_rows(Task))) == 5


async def test_a_rebuild_does_not_swap_once_another_process_consumes(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    await light_many(runtime, 0, 5)
    await suite.settle()
    other = holding(runtime.engines.database, runtime.consuming.lease.name)
    rebuild = await start_rebuild(runtime.projectors[0])
    while not await other.take():
        await runtime.engines.database.write(lambda c: c.exec_driver_sql("UPDATE carnet_lease SET expires_at = 0"))
    await runtime.engines.database.write(lambda c: c.exec_driver_sql("UPDATE toy_lamp SET watts = 77"))
    with pytest.raises(LeaseLost):
        await rebuild.run(runtime.consuming.lease.check)
    assert {row["watts"] for row in await runtime.query(all_rows(Lamp))} == {77}
    await other.release()


async def test_a_second_rebuild_of_the_same_model_is_refused_while_one_runs(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    async with runtime.projectors[0].turn:  # the first one cannot end yet
        assert (await suite.post("/objects/ops/rebuild/objects.lamps")).status_code == 202
        assert (await suite.post("/objects/ops/rebuild/objects.lamps")).status_code == 409
    await suite.settle()
    assert (await suite.post("/objects/ops/rebuild/objects.lamps")).status_code == 202


async def test_a_skipped_dead_letter_stays_skipped_when_rebuilt_and_verified(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    for command in (Lit(lamp="a", watts=-1), PutOut(lamp="a")):
        await runtime.handle(lamps, "a", command, Because("test", "test"))
    await suite.settle()
    (letter,) = (await suite.get("/objects/ops/dead-letters")).json()
    address = {name: letter[name] for name in ("consumer", "topic", "stream", "revision")}
    await suite.post("/objects/ops/dead-letters/skip", address)
    while await runtime.query(all_rows(Held)):
        await suite.settle()
    before = await runtime.query(all_rows(Lamp))
    assert (await suite.post("/objects/ops/verify")).json()["differences"] == []
    await (await start_rebuild(runtime.projectors[0])).run()
    assert await runtime.query(all_rows(Lamp)) == before
    assert await runtime.query(all_rows(Held)) == []


async def test_a_dead_letter_is_held_by_the_rebuilt_model_too(suite: Trial) -> None:
    runtime = suite.runtime("objects")
    for command in (Lit(lamp="a", watts=-1), PutOut(lamp="a")):
        await runtime.handle(lamps, "a", command, Because("test", "test"))
    await suite.settle()
    await Rebuild(runtime.projectors[0], 2, needed=False).run()
    held = await runtime.query(all_rows(Held))
    assert [(row["consumer"], row["revision"], row["reason"]) for row in held] == [
        ("objects.lamps", 0, "dead"),
        ("objects.lamps", 1, "behind"),
    ]
