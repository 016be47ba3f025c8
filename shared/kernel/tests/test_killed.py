"""kill -9 in the middle of traffic: nothing acknowledged is missing, every effect is there once, `verify` agrees."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

import httpx
import killed_process
from toy import Lamp, Task, all_rows, dispatch, notebook, objects, settings_in

from carnet.kernel.feed import HttpFeeds
from carnet.kernel.service import service
from carnet.kernel.trial import Trial, trial

ROUNDS = 3
ANSWERS = 8  # that a round adds before it is cut off


PROCESSES = multiprocessing.get_context("forkserver")  # imports once, then each process starts at once
PROCESSES.set_forkserver_preload(["carnet.kernel.service", "carnet.kernel.trial"])


def acknowledged(folder: Path, answers: int) -> set[str]:
    """Run the process until it has named so many answers, kill it, and give them."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=killed_process.main, args=(folder, there))
    process.start()
    lamps = {here.recv() for _ in range(answers)}
    process.kill()
    process.join()
    return lamps


async def differences(suite: Trial) -> list[str]:
    """Verify both services, whose feeds answer without a port."""
    transport = httpx.ASGITransport(app=suite.front)
    async with httpx.AsyncClient(transport=transport, headers=suite.bearer("admin")) as client:
        feeds = HttpFeeds(client, "http://127.0.0.1")
        for runtime in suite.runtimes():
            for projector in runtime.projectors:
                projector.around = replace(projector.around, feeds=feeds)
        return [line for runtime in suite.runtimes() for line in await runtime.verify()]


async def test_killed_in_the_middle_of_traffic_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    lamps: set[str] = set()
    for n in range(1, ROUNDS + 1):
        lamps |= acknowledged(tmp_path, n * ANSWERS)
    settings = settings_in(tmp_path)
    async with trial(objects=service(objects, settings), dispatch=service(dispatch, settings)) as suite:
        await suite.settle()
        here, there = suite.runtime("objects"), suite.runtime("dispatch")
        rows = {row["lamp"]: row for row in await here.query(all_rows(Lamp))}
        assert lamps <= rows.keys()
        assert all(rows[lamp]["events"] == 2 and not rows[lamp]["lit"] for lamp in lamps)
        tasks = {row["task"]: row for row in await there.query(all_rows(Task))}
        assert tasks.keys() == rows.keys()
        assert all(tasks[lamp]["done"] for lamp in lamps)
        assert [await there.state(notebook, lamp) for lamp in rows] == [(str(row["watts"]),) for row in rows.values()]
        assert await differences(suite) == []
