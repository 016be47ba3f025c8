"""Two relays, two processes on one folder: one works, the other takes over, and no write of the loser counts."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from engines.postgres import DatabaseOf
from test_relay import TOPIC, Plant, planted, revisions
from toy import Lit, PutOut, Task, all_rows, notebook, toys

from carnet.kernel import lease
from carnet.kernel.bus.port import BusUnavailable, Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.lease import LeaseLost
from carnet.kernel.trial import trial

EXPIRE = "UPDATE carnet_lease SET expires_at = 0"


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1.2)


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


async def test_a_relay_that_knows_that_its_lease_is_lost_does_not_move_the_cursor(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1))
    loser, other = plant.relay, plant.new_relay(plant.store)
    await loser.lease.take()
    await plant.database.write(lambda c: c.exec_driver_sql(EXPIRE))
    await other.lease.take()
    await loser.lease.take()  # says no
    with pytest.raises(LeaseLost):
        await loser.relay(await plant.store.read_all())
    assert (await other.cursor()).position is None


async def test_republish_holds_though_a_page_was_under_way(plant: Plant) -> None:
    await plant.act(Lit(lamp="a", watts=1))
    await plant.relay_all()
    await plant.act(PutOut(lamp="a"))
    relay, cursor = plant.relay, await plant.relay.cursor()
    assert await relay.lease.take()
    events = await plant.store.read_all(cursor.position)  # type: ignore[arg-type]  # a position as kept
    await relay.republish()
    with pytest.raises(LeaseLost):
        await relay.relay(events, cursor.position)  # the page that was under way
    assert (await relay.cursor()).position is None


async def test_two_relays_publish_each_event_once_and_the_second_takes_over(plant: Plant) -> None:
    first, second = plant.relay, plant.new_relay(plant.store)
    one, other = asyncio.create_task(first.run()), asyncio.create_task(second.run())
    member = await plant.bus.subscribe("look", [TOPIC])
    await plant.act(Lit(lamp="a", watts=1))
    seen = revisions(await member.batch())
    assert seen == [(0, -1)]
    (one if first.lease.token else other).cancel()
    await plant.act(PutOut(lamp="a"))
    while (1, 0) not in seen:
        seen += revisions(await member.batch())
    assert sorted(set(seen)) == [(0, -1), (1, 0)]
    one.cancel()
    other.cancel()
    await asyncio.gather(one, other, return_exceptions=True)
    await member.close()


async def test_trouble_that_is_over_is_forgotten_without_a_new_event(plant: Plant) -> None:
    plant.relay.trouble = "The bus could not be reached."
    running = asyncio.create_task(plant.relay.run())
    while plant.relay.trouble:  # noqa: ASYNC110  # a relay rings no bell for a test
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_member_that_lost_its_group_neither_reads_on_nor_commits(plant: Plant, tmp_path: Path) -> None:
    there = await SqliteBus.open(tmp_path / "bus.db")
    member = await plant.bus.subscribe("group", [TOPIC])
    await plant.bus.publish(TOPIC, [Message("a", b"0"), Message("a", b"1")])
    await member.batch()
    plant.bus.keeper.cancel()  # type: ignore[attr-defined]  # as if the process had been stopped for a while
    await plant.bus.database.write(lambda c: c.exec_driver_sql(EXPIRE))  # type: ignore[attr-defined]
    standby = await there.subscribe("group", [TOPIC])
    with pytest.raises(BusUnavailable, match="Another process"):
        await member.commit()
    with pytest.raises(BusUnavailable, match="Another process"):
        await member.batch()
    assert [d.message.value for d in await standby.batch()] == [b"0", b"1"]
    await member.close()
    await standby.close()
    await there.close()


async def test_a_member_hears_that_it_lost_its_group_while_it_waits(plant: Plant, tmp_path: Path) -> None:
    there = await SqliteBus.open(tmp_path / "bus.db")
    member = await plant.bus.subscribe("group", [TOPIC])
    waiting = asyncio.create_task(member.batch())
    steal = "UPDATE carnet_lease SET holder = 'another', expires_at = 1e12"
    await there.database.write(lambda c: c.exec_driver_sql(steal))
    with pytest.raises(BusUnavailable):
        await waiting
    await member.close()
    await there.close()


async def test_who_gives_up_joining_leaves_the_group_to_the_next(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 3600.0)
    for turns in range(12):  # given up at each step on the way
        joining = asyncio.create_task(plant.bus.subscribe("group", [TOPIC]))
        for _ in range(turns):
            await asyncio.sleep(0)
        joining.cancel()
        (result,) = await asyncio.gather(joining, return_exceptions=True)
        if not isinstance(result, BaseException):
            await result.close()
    async with asyncio.timeout(60):
        await (await plant.bus.subscribe("group", [TOPIC])).close()


async def test_a_watch_that_cannot_look_once_looks_again(plant: Plant) -> None:
    bus = plant.bus
    assert isinstance(bus, SqliteBus)
    member = await bus.subscribe("group", [TOPIC])
    looks = bus.look

    def fails_once() -> None:
        bus.look = looks  # type: ignore[method-assign]
        raise sqlite3.OperationalError("database is locked")

    bus.look = fails_once  # type: ignore[method-assign]
    await bus.publish(TOPIC, [Message("a", b"0")])
    assert len(await member.batch()) == 1
    await bus.publish(TOPIC, [Message("a", b"1")])
    async with asyncio.timeout(60):
        assert len(await member.batch()) == 1
    await member.close()


async def test_a_second_process_stands_by_answers_fresh_and_takes_over(tmp_path: Path, database_of: DatabaseOf) -> None:
    async with AsyncExitStack() as stack:
        active = await stack.enter_async_context(trial(**toys(tmp_path, database_of)))
        await active.settle()
        async with trial(**toys(tmp_path, database_of)) as standby:
            lit = (await standby.post("/objects/lamps", {"watts": 40})).json()
            answer = await standby.get(f"/objects/lamps/{lit['id']}", params={"after": lit["token"]})
            assert (answer.status_code, "Carnet-Stale" in answer.headers) == (200, False)
            assert (await standby.post("/objects/ops/rebuild/objects.lamps")).status_code == 409
            await active.settle()
            await stack.aclose()
            lamp = (await standby.post("/objects/lamps", {"watts": 41})).json()["id"]
            await standby.settle()
            there = standby.runtime("dispatch")
            assert sorted(row["text"] for row in await there.query(all_rows(Task))) == ["40", "41"]
            assert await there.state(notebook, lamp) == ("41",)


def test_a_holder_that_was_killed_is_not_waited_for() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert lease.is_gone(f"{lease.machine()} {child.pid} x")
    assert not lease.is_gone(f"{lease.machine()} {os.getppid()} x")
    assert not lease.is_gone(f"elsewhere/1 {child.pid} x")
    assert not lease.is_gone("x")
