"""Two relays at once: one is stopped between ack and cursor, the other takes over, the first one wakes."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from carnet.kernel import lease
from faults.firm import Firm, rest
from faults.kills import PROCESSES, Kill, heard

SHORT = 1.2  # seconds of a lease
LAMPS = 6
BUSES = {"sqlite": "carnet.kernel.bus.sqlite:SqliteBus", "kafka": "carnet.kernel.bus.kafka:KafkaBus"}


def relays(firm: Firm, stop: Kill, told: Connection) -> None:
    """Work in a process of its own, until it is told to stop by somebody who kills it."""
    lease.SECONDS = SHORT
    asyncio.run(until_stopped(firm, stop, told))


async def until_stopped(firm: Firm, stop: Kill, told: Connection) -> None:
    """Write a page with the relay paused, so that the stop meets nothing else that is under way."""
    async with firm.at_work() as suite:
        relay = suite.runtime("objects").relay
        relay.pause()
        await firm.work(suite, LAMPS, told.send)
        told.close()
        stop.lay()
        relay.resume()
        await asyncio.Event().wait()


@contextmanager
def other_process(firm: Firm, stop: Kill) -> Iterator[int]:
    """Give the id of a process that stands still where it was stopped; it is killed at the end."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=relays, args=(firm, stop, there))
    process.start()
    there.close()
    firm.lamps |= dict(heard(here))
    firm.asked += LAMPS
    try:
        while not stands_still(process.pid or 0):
            assert process.is_alive(), "it ended before it was to stand still"
            time.sleep(0.01)
        yield process.pid or 0
    finally:
        process.kill()
        process.join()


@contextmanager
def standing_still(firm: Firm, stop: Kill) -> Iterator[int]:
    """Give a process that stands still between two transactions; one that stopped in the middle of any is killed."""
    while True:
        with other_process(firm, stop) as process:
            if not holds_a_lock(firm.folder):
                yield process
                return


def holds_a_lock(folder: Path) -> bool:
    """Say whether some transaction under way keeps others from a file: of a lease that is renewed, say."""
    for file in folder.glob("**/*.db"):
        try:
            with closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
    return False


def stands_still(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def test_two_relays_at_once_of_which_one_is_paused_and_woken(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", SHORT)
    stop = Kill(BUSES[firm.kind], "publish", "after", 1, signal.SIGSTOP)
    with standing_still(firm, stop) as paused:
        async with firm.at_work() as suite:
            await firm.work(suite)
            await rest(suite)
            os.kill(paused, signal.SIGCONT)
            await firm.work(suite)
            await firm.agree(suite)
            await asyncio.sleep(SHORT)
            await firm.work(suite)
            await firm.agree(suite)
    await firm.agrees()
