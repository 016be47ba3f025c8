"""A store whose file an older copy was put in place of: refused, given its next incarnation, and then heard anew."""

import shutil
from pathlib import Path
from typing import Any

from engines.postgres import DatabaseOf
from toy import Lamp, Task, all_rows, notebook, settings_in, toys

from carnet.kernel.operating import renew
from carnet.kernel.trial import Trial, trial


async def light(suite: Trial, watts: int) -> str:
    answer = await suite.post("/objects/lamps", {"watts": watts})
    await suite.settle()
    return str(answer.json()["id"])


def put(source: Path, target: Path) -> None:
    """Copy a store's file, whose suite has stopped."""
    for left in target.parent.glob(f"{target.name}-*"):
        left.unlink()
    shutil.copy(source, target)


async def test_an_older_store_is_refused_until_it_is_restored_and_then_all_agree(
    tmp_path: Path, database_of: DatabaseOf
) -> None:
    file = tmp_path / "objects" / "events.db"
    async with trial(**toys(tmp_path, database_of)) as suite:
        kept = await light(suite, 40)
    put(file, tmp_path / "older.db")
    async with trial(**toys(tmp_path, database_of)) as suite:
        lost = await light(suite, 60)
    put(tmp_path / "older.db", file)

    async with trial(**toys(tmp_path, database_of)) as suite:
        refused = await until_not_ready(suite)
        assert "Run `carnet renew objects`" in refused
    await renew("objects", settings_in(tmp_path))

    async with trial(**toys(tmp_path, database_of)) as suite:
        new = await light(suite, 80)
        there = suite.runtime("dispatch")
        tasks = {row["task"]: row["text"] for row in await there.query(all_rows(Task))}
        assert tasks == {kept: "40", new: "80"}
        lamps = {row["lamp"]: row["watts"] for row in await suite.runtime("objects").query(all_rows(Lamp))}
        assert lamps == {kept: 40, new: 80}
        noted = [await there.state(notebook, lamp) for lamp in (kept, lost, new)]
        assert noted == [("40",), ("60",), ("80",)]  # what a lost event has caused elsewhere stays
        assert (await suite.get("/objects/health/ready")).status_code == 200


async def test_what_an_older_database_missed_comes_once_its_context_is_renewed(tmp_path: Path) -> None:
    """Store and bus are as they were, and the bus takes its consumers for done with what their database lacks."""
    views = tmp_path / "dispatch" / "views.db"
    async with trial(**toys(tmp_path)) as suite:
        first = await light(suite, 40)
    put(views, tmp_path / "older.db")
    async with trial(**toys(tmp_path)) as suite:
        second = await light(suite, 60)
    put(tmp_path / "older.db", views)

    async with trial(**toys(tmp_path)) as suite:
        await suite.settle()
        assert await noted(suite, first, second) == ({first: "40"}, [("40",), ("60",)])
    await renew("dispatch", settings_in(tmp_path))
    async with trial(**toys(tmp_path)) as suite:
        await suite.settle()
        assert await noted(suite, first, second) == ({first: "40", second: "60"}, [("40",), ("60",)])


async def noted(suite: Trial, *lamps: str) -> tuple[dict[str, str], list[Any]]:
    """Give the tasks that dispatch shows, and the notes that it took of each lamp."""
    there = suite.runtime("dispatch")
    tasks = {row["task"]: row["text"] for row in await there.query(all_rows(Task))}
    return tasks, [await there.state(notebook, lamp) for lamp in lamps]


async def until_not_ready(suite: Trial) -> str:
    while (answer := await suite.get("/objects/health/ready")).status_code == 200:
        pass
    return answer.text
