"""Two processes of one context: the one that does not consume says truly how far the other is, and is ready."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from toy import objects, settings_in

from carnet.kernel.service import service
from carnet.kernel.trial import Trial, trial


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Trial, Trial]]:
    """Two replicas of one service; the first one has the leases."""
    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(trial(objects=service(objects, settings)))
        await first.post("/objects/lamps", {"watts": 60})
        await first.settle()
        yield first, await stack.enter_async_context(trial(objects=service(objects, settings)))


async def test_who_stands_by_knows_how_far_the_other_is(both: tuple[Trial, Trial]) -> None:
    first, second = both
    lamp = (await first.post("/objects/lamps", {"watts": 40})).json()["id"]
    await first.post(f"/objects/lamps/{lamp}/dim")
    await first.settle()
    assert [each.runtime("objects").consuming.lease.token for each in both] == [1, None]
    status = (await second.get("/objects/ops/status")).json()
    assert status["consumers"]
    assert [consumer for consumer in status["consumers"] if consumer["lag"]] == []
    assert status["head"] == status["relayed"]


async def test_who_stands_by_waits_for_what_a_command_wrote(both: tuple[Trial, Trial]) -> None:
    first, second = both
    answer = await second.post("/objects/lamps", {"watts": 25})
    seen = await second.get(f"/objects/lamps/{answer.json()['id']}", params={"after": answer.headers["Carnet-Token"]})
    assert seen.json()["watts"] == 25
    assert "Carnet-Stale" not in seen.headers
    assert (await first.get(f"/objects/lamps/{answer.json()['id']}")).json() == seen.json()


async def test_who_stands_by_is_ready(both: tuple[Trial, Trial]) -> None:
    assert (await both[1].get("/objects/health/ready")).json() == {"status": "ready", "reasons": []}


async def test_who_stands_by_refuses_what_only_the_other_can_do_and_knows_when_it_is_done(
    both: tuple[Trial, Trial],
) -> None:
    first, second = both
    for path in ("relay/pause", "relay/republish", "rebuild/objects.lamps"):
        answer = await second.post(f"/objects/ops/{path}")
        assert (answer.status_code, "ask that one" in answer.json()["detail"]) == (409, True), path
    assert (await first.post("/objects/ops/rebuild/objects.lamps")).status_code == 202
    while first.runtime("objects").consuming.rebuilds:
        await first.settle()
    assert (await second.get("/objects/ops/status")).json()["generations"] == {"objects.lamps": 2}


async def test_a_pause_ends_with_the_process_that_was_asked_for_it(both: tuple[Trial, Trial]) -> None:
    first, second = both
    assert (await first.post("/objects/ops/relay/pause")).json() == {"paused": True}
    await second.post("/objects/lamps", {"watts": 15})
    first.runtime("objects").task.cancel()
    await second.settle()
    assert (await second.get("/objects/ops/status")).json()["relay_paused"] is False


async def test_who_stands_by_takes_over(both: tuple[Trial, Trial]) -> None:
    first, second = both
    first.runtime("objects").task.cancel()
    answer = await second.post("/objects/lamps", {"watts": 15})
    await second.settle()
    assert (await second.get(f"/objects/lamps/{answer.json()['id']}")).json()["watts"] == 15
    assert second.runtime("objects").consuming.lease.token == 2
