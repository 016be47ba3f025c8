"""The clock jumps back an hour: nobody is locked out for an hour, no two hold one lease, and what waits goes on."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from toy import all_rows

from carnet.kernel import lease
from carnet.kernel.database import Database
from carnet.kernel.lease import Holding
from carnet.kernel.migrations import upgrade
from carnet.kernel.tables import Held
from faults.between import dropping
from faults.firm import Firm

HOUR = 3600.0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.in_folder(tmp_path)
    await opened.write(upgrade)
    yield opened
    opened.close()


def elsewhere(database: Database, machine: str) -> Holding:
    """Make a claim of a process on another machine: nobody here can look whether it lives."""
    return Holding(database, "relay", f"{machine}/1 1 x")


async def test_the_lease_of_one_that_died_before_the_jump_is_free_after_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "SECONDS", 0.3)
    dead, living = elsewhere(database, "dead"), elsewhere(database, "living")
    assert await dead.take()
    before = time.time
    monkeypatch.setattr(time, "time", lambda: before() - HOUR)
    assert not await living.take()
    await living.wait()
    assert not await dead.take()


async def test_a_clock_that_goes_an_hour_ahead_takes_nobody_s_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds, ahead = elsewhere(database, "holds"), elsewhere(database, "ahead")
    assert await holds.take()
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + HOUR)
    assert not await ahead.take()
    assert await holds.take()
    assert not await ahead.take()


async def test_the_clock_jumps_back_an_hour_under_load(firm: Firm) -> None:
    async with firm.at_work(dropping, gap_seconds=HOUR) as suite:
        session = suite.bearer("planner")
        await firm.work(suite)
        await suite.settle()
        held = await suite.runtime("dispatch").query(all_rows(Held))
        assert [each["reason"] for each in held] == ["gap", "gap", "gap"]  # two read models and a reaction
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
            answer = await suite.post("/objects/lamps/none/dim", role=None, headers=session)
            assert answer.status_code == 409, "who was signed in stays so"
            await firm.work(suite)
            await firm.agree(suite)  # the gap does not wait for the hour to come again
    await firm.agrees()
