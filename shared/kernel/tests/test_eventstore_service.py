"""A service whose event store is not there, goes away or belongs to another: it says so, and goes on when it can."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from engines.eventstore.server import DevelopmentServer
from toy import Task, all_rows, toys

from carnet.kernel.settings import BadSettings
from carnet.kernel.store.port import OtherTenant
from carnet.kernel.trial import Trial, trial

PREFIX = "dev."


@pytest.fixture
async def server() -> AsyncIterator[DevelopmentServer]:
    async with DevelopmentServer() as server:
        yield server


def on(server: DevelopmentServer, **more: Any) -> dict[str, Any]:
    return {"store": server.uri, "store_prefix": PREFIX, **more}


async def until_it_says(suite: Trial, context: str, means: Callable[[str], bool]) -> None:
    async with asyncio.timeout(60):
        while not means((await suite.get(f"/{context}/health/ready", role=None)).text):  # noqa: ASYNC110  # as a probe
            await asyncio.sleep(0.05)


async def until_taken(suite: Trial, path: str) -> None:
    async with asyncio.timeout(60):
        while (await suite.post(path)).status_code == 503:  # noqa: ASYNC110  # as a person who tries again
            await asyncio.sleep(0.05)


async def test_a_service_starts_without_its_event_store_and_is_ready_when_it_comes(
    server: DevelopmentServer, tmp_path: Path
) -> None:
    await server.stop()
    async with trial(**toys(tmp_path, **on(server))) as suite:
        await until_it_says(suite, "objects", lambda said: f"The event store at 127.0.0.1:{server.port}" in said)
        assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 503
        await server.start()
        for context in ("objects", "dispatch"):
            await until_it_says(suite, context, lambda said: '"ready"' in said)
        assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201


async def test_commands_are_refused_while_the_event_store_is_gone_and_nothing_taken_is_lost(
    server: DevelopmentServer, tmp_path: Path
) -> None:
    async with trial(**toys(tmp_path, **on(server))) as suite:
        for watts in range(3):
            taken = await suite.post("/objects/lamps", {"watts": watts})
            assert taken.status_code == 201
            await server.stop()
            assert (await suite.post("/objects/lamps", {"watts": 99})).status_code == 503
            await server.start()
            await until_taken(suite, f"/objects/lamps/{taken.json()['id']}/dim")
        await suite.settle()
        texts = [row["text"] for row in await suite.runtime("dispatch").query(all_rows(Task))]
        assert sorted(texts) == ["0", "1", "2"]
        await server.stop()  # and a service stops without it, too


async def test_a_lost_reply_is_no_second_event(server: DevelopmentServer, tmp_path: Path) -> None:
    async with trial(**toys(tmp_path, **on(server))) as suite:
        server.faults.lost_replies = 2
        lamp = (await suite.post("/objects/lamps", {"watts": 40})).json()["id"]
        assert server.faults.lost_replies == 0
        await suite.settle()
        assert len(await suite.runtime("objects").engines.store.read(f"lamp-{lamp}")) == 1


async def test_contexts_on_one_server_without_a_prefix_are_told_apart(
    server: DevelopmentServer, tmp_path: Path
) -> None:
    with pytest.raises(OtherTenant, match="keeps the events of objects, not of dispatch"):
        async with trial(**toys(tmp_path, **on(server, store_prefix=""))):
            pass


async def test_another_tenants_store_is_refused_and_left_alone(server: DevelopmentServer, tmp_path: Path) -> None:
    async with trial(**toys(tmp_path, **on(server))) as suite:
        await suite.post("/objects/lamps", {"watts": 40})
        await suite.settle()
    before = list(server.log.records)
    with pytest.raises(OtherTenant, match="belongs to tenant carnet, not to rochat"):
        async with trial(**toys(tmp_path / "other", **on(server, tenant="rochat"))):
            pass
    assert server.log.records == before


async def test_an_address_that_makes_no_sense_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"begins with esdb:// or kurrentdb://"):
        async with trial(**toys(tmp_path, store="http://db:2113")):
            pass
