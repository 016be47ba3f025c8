"""The bus goes, comes back empty, loses, repeats, and gives a group's work to another in the middle of a batch."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import Any

import pytest
from toy import Lit, PutOut, Task, all_rows, lamps

from carnet.kernel import database, lease
from carnet.kernel.because import Because
from carnet.kernel.engines import Engines
from carnet.kernel.tables import Incident
from carnet.kernel.trial import Trial
from faults.between import Rebalances, dropping, twice
from faults.firm import Firm, dead_letters, rest

SHORT = 1.2  # seconds of a lease


async def test_every_message_comes_twice(firm: Firm) -> None:
    async with firm.at_work(twice) as suite:
        await firm.work(suite)
        await firm.agree(suite)


async def test_one_message_is_dropped_and_healed_from_the_feed_without_a_person(firm: Firm) -> None:
    async with firm.at_work(dropping) as suite:
        await firm.work(suite)
        await firm.agree(suite)
        healed = await suite.runtime("dispatch").query(all_rows(Incident))
        assert {each["note"] for each in healed} == {"1 events before revision 1 came from the feed."}


async def test_the_broker_is_gone_under_load_and_comes_back(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PRAGMAS", (*database.PRAGMAS, "PRAGMA busy_timeout=200"))
    async with firm.at_work() as suite:
        await firm.work(suite)
        async with gone(firm):
            await firm.work(suite)
            assert await unpublished(suite) > 0
            await asyncio.sleep(2)
            before = await unpublished(suite)
            await firm.work(suite)
            assert await unpublished(suite) > before
        assert firm.refusals.total() == 0
        await firm.agree(suite)
        assert await unpublished(suite) == 0


@asynccontextmanager
async def gone(firm: Firm) -> AsyncIterator[None]:
    """Take the broker away: nobody else can write the log's file."""
    with closing(sqlite3.connect(firm.folder / "bus.db", isolation_level=None, timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def unpublished(suite: Trial) -> int:
    runtime = suite.runtime("objects")
    return (await runtime.engines.store.head() or 0) - ((await runtime.relay.cursor()).position or 0)


async def test_the_broker_comes_back_empty(firm: Firm) -> None:
    async with firm.at_work() as suite:
        await firm.work(suite)
        await rest(suite)
    for file in firm.folder.glob("bus.db*"):
        file.unlink()
    async with firm.at_work() as suite:
        await firm.work(suite)
        await firm.agree(suite)
        topic = suite.runtime("objects").publication.topic
        assert await suite.runtime("objects").engines.bus.end(topic) > len(firm.lamps)


async def test_a_member_loses_its_group_in_mid_batch(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", SHORT)

    async def steal(group: str) -> None:
        with closing(sqlite3.connect(firm.folder / "bus.db", timeout=5)) as other, other:
            other.execute("UPDATE carnet_lease SET holder = 'another' WHERE name = ?", (f"group {group}",))

    def rebalancing(engines: Engines) -> Engines:
        bus: Any = Rebalances(engines.bus, steal)
        return replace(engines, bus=bus)

    async with firm.at_work(rebalancing) as suite:
        for _ in range(3):
            await firm.work(suite, 5)
            await asyncio.sleep(0.1)
        await firm.agree(suite)


async def test_a_poison_message_in_the_middle_of_a_batch_costs_its_own_stream_only(firm: Firm) -> None:
    async with firm.at_work() as suite:
        relay = suite.runtime("objects").relay
        relay.pause()
        await firm.work(suite, 4)
        for command in (Lit(lamp="bad", watts=-2), PutOut(lamp="bad")):
            await suite.runtime("objects").handle(lamps, "bad", command, Because("test", "test"))
        await firm.work(suite, 4)
        relay.resume()
        await suite.settle()
        tasks = await suite.runtime("dispatch").query(all_rows(Task))
        assert {row["task"] for row in tasks if row["done"]} == set(firm.lamps.values())
        await skip(suite)
        firm.strange.add("bad")
        await firm.agree(suite)


async def skip(suite: Trial) -> None:
    for context in ("objects", "dispatch"):
        (letter,) = await dead_letters(suite, context)
        address = letter.model_dump(include={"consumer", "topic", "stream", "revision"})
        assert (await suite.post(f"/{context}/ops/dead-letters/skip", address)).status_code == 200
