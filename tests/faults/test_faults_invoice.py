"""kill -9 between claim, number and rendering of an invoice, in the suite itself: it ends as if nothing had been."""

import asyncio
import signal
from datetime import date
from pathlib import Path

from test_demonstration_killed import all_streams

from carnet.kernel.service import CONTEXTS
from carnet.runner.demo.office import Office
from carnet.runner.demo.year import YEAR, live_through
from carnet.runner.suite import client, serving
from faults.kills import PROCESSES, Kill

DAYS = 2  # the firm is founded, its contracts are signed and their first fees billed
CLAIM_AND_NUMBER = Kill("carnet.invoicing.billing.numbering:Numbering", "number_once", "before", 1)
NUMBER_AND_RENDERING = Kill("carnet.invoicing.consumers.documents", "render_once", "before", 1)
RENDERING_AND_RECORD = Kill("carnet.kernel.documents.folder:FolderDocuments", "put", "after", 1)


def play(data: Path, kill: Kill | None) -> None:
    """Play the first days of the demonstration up to where the process is killed, else verify all of it."""
    if kill:
        kill.lay()
    asyncio.run(first_days(data))


async def first_days(data: Path) -> None:
    async with serving(data) as (address, _), client(data, address) as speaks:
        office = Office(speaks)
        for day, steps in YEAR[:DAYS]:
            await live_through(office, date.fromisoformat(day), steps)
        for context in CONTEXTS:
            assert (await office.post(f"/{context}/ops/verify", {}))["differences"] == []


def played(data: Path, kill: Kill | None = None) -> int | None:
    """Let a process of its own play; give its exit status."""
    process = PROCESSES.Process(target=play, args=(data, kill))
    process.start()
    process.join()
    return process.exitcode


def test_killed_between_claim_number_and_rendering_of_an_invoice(tmp_path: Path) -> None:
    for kill in (CLAIM_AND_NUMBER, NUMBER_AND_RENDERING, RENDERING_AND_RECORD):
        assert played(tmp_path / "killed", kill) == -signal.SIGKILL
    for data in ("killed", "clean"):
        assert played(tmp_path / data) == 0
    killed, clean = (asyncio.run(all_streams(tmp_path / data)) for data in ("killed", "clean"))
    assert killed == clean
