"""What only the embedded bus promises: one bus a process, one member served at a time, a tail in memory."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from carnet.kernel.bus.port import Message
from carnet.kernel.bus.sqlite import SqliteBus, shared_bus, tail
from carnet.kernel.bus.sqlite import bus as bus_module

TOPIC, OTHER = "carnet.test.v1", "carnet.other.v1"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqliteBus]:
    opened = await SqliteBus.open(tmp_path / "bus.db")
    yield opened
    await opened.close()


async def test_the_services_of_one_process_share_a_bus_until_the_last_has_closed_it(tmp_path: Path) -> None:
    file = tmp_path / "bus.db"
    one, other = await asyncio.gather(shared_bus(file), shared_bus(file))
    assert one is other
    await one.close()
    await other.publish(TOPIC, [Message("a", b"1")])
    await other.close()
    again = await shared_bus(file)
    assert again is not one
    assert await again.end(TOPIC) == 1
    await again.close()


async def test_one_member_of_a_group_is_served_and_another_stands_by(bus: SqliteBus) -> None:
    await bus.publish(TOPIC, [Message("a", b"1")])
    first = await bus.subscribe("group", [TOPIC])
    standby = asyncio.create_task(bus.subscribe("group", [TOPIC]))
    await first.batch()
    assert not standby.done()
    await first.commit()
    await first.close()
    second = await standby
    assert await bus.lag("group", [TOPIC]) == 0
    await second.close()


async def test_a_member_reads_the_log_and_then_its_tail_without_a_gap(
    bus: SqliteBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "REMEMBERED", 3)
    member = await bus.subscribe("group", [TOPIC])
    got: list[bytes] = []
    for n in range(12):
        await bus.publish(TOPIC if n % 3 else OTHER, [Message("a", str(n).encode())])
        if n % 4 == 3:  # further behind than the tail remembers, and then near
            got += [d.message.value for d in await member.batch(2)]
    while len(got) < 8:
        got += [d.message.value for d in await member.batch()]
    assert [int(value) for value in got] == [n for n in range(12) if n % 3]
    await member.close()


async def test_another_file_is_another_epoch(bus: SqliteBus, tmp_path: Path) -> None:
    other = await SqliteBus.open(tmp_path / "other.db")
    assert await other.epoch(TOPIC) != await bus.epoch(TOPIC)
    await other.close()


async def test_a_look_that_fails_is_not_the_last_one(bus: SqliteBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "AGAIN_SECONDS", 0.01)
    look, failed = bus.look, asyncio.Event()

    def fail_once() -> None:
        if not failed.is_set():
            failed.set()
            raise sqlite3.DatabaseError("database disk image is malformed")
        look()

    member = await bus.subscribe("group", [TOPIC])
    monkeypatch.setattr(bus, "look", fail_once)
    await failed.wait()
    await bus.publish(TOPIC, [Message("a", b"1")])
    async with asyncio.timeout(60):
        assert len(await member.batch()) == 1
    await member.close()
