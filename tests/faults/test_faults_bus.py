"""The bus goes, comes back empty, loses, repeats, and gives a group's work to another in the middle of a batch."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from toy import Task, all_rows

from carnet.kernel import database, lease
from carnet.kernel.engines import Engines
from carnet.kernel.tables import Incident
from carnet.kernel.trial import Trial
from faults.between import Rebalances, dropping, twice
from faults.brokers import KafkaBroker, LogFile
from faults.firm import Firm, rest, skip_dead_letters

Broker = LogFile | KafkaBroker
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


async def test_the_broker_is_gone_under_load_and_comes_back(
    firm: Firm, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PRAGMAS", (*database.PRAGMAS, "PRAGMA busy_timeout=200"))
    async with firm.at_work() as suite:
        await firm.work(suite)
        async with broker.gone():
            await firm.work(suite)
            before = await unpublished(suite)
            await asyncio.sleep(broker.outage)
            await firm.work(suite)
            assert await unpublished(suite) > before > 0
        assert firm.refusals.total() == 0
        await firm.agree(suite)
        assert await unpublished(suite) == 0


async def unpublished(suite: Trial) -> int:
    runtime = suite.runtime("objects")
    return (await runtime.engines.store.head() or 0) - ((await runtime.relay.cursor()).position or 0)


async def test_the_broker_comes_back_empty(firm: Firm, broker: Broker) -> None:
    async with firm.at_work() as suite:
        await firm.work(suite)
        await rest(suite)
    await broker.empty()
    async with firm.at_work() as suite:
        await firm.work(suite)
        await firm.agree(suite)
        assert await keys(suite) == {f"lamp-{lamp}" for lamp in firm.lamps.values()}


async def keys(suite: Trial) -> set[str]:
    """Give the streams that one hears of who begins to listen now."""
    runtime = suite.runtime("objects")
    bus, topic = runtime.engines.bus, runtime.publication.topic
    member, found = await bus.subscribe("a newcomer", [topic]), set[str]()
    while await bus.lag("a newcomer", [topic]):
        found |= {delivery.message.key for delivery in await member.batch()}
        await member.commit()
    await member.close()
    return found


async def test_a_group_is_dealt_anew_in_mid_batch(firm: Firm, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", SHORT)

    def rebalancing(engines: Engines) -> Engines:
        bus: Any = Rebalances(engines.bus, broker.deal_anew)
        return replace(engines, bus=bus)

    async with broker.dealing_anew(), firm.at_work(rebalancing) as suite:
        for _ in range(3):
            await firm.work(suite, 5)
            await asyncio.sleep(0.1)
        await firm.agree(suite)


async def test_a_poison_message_in_the_middle_of_a_batch_costs_its_own_stream_only(firm: Firm) -> None:
    async with firm.at_work() as suite:
        relay = suite.runtime("objects").relay
        relay.pause()
        await firm.work(suite, 4)
        await firm.poison(suite)
        await firm.work(suite, 4)
        relay.resume()
        await suite.settle()
        tasks = await suite.runtime("dispatch").query(all_rows(Task))
        assert {row["task"] for row in tasks if row["done"]} == set(firm.lamps.values())
        await skip_dead_letters(suite)
        await firm.agree(suite)


@pytest.mark.parametrize("firm", ["kafka"], indirect=True)
async def test_partitions_are_added_under_load(firm: Firm, broker: KafkaBroker) -> None:
    async with firm.at_work() as suite:
        await firm.work(suite)
        await rest(suite)
        working = asyncio.create_task(firm.work(suite, 30))
        await broker.add_partitions("carnet.objects.v1", 9)
        await working
        await firm.work(suite, 30)
        await firm.agree(suite)
