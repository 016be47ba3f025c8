"""kill -9 between two steps: a process of its own that comes to a place for the n-th time, and is gone, or stands."""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from itertools import count
from multiprocessing.connection import Connection
from pkgutil import resolve_name
from typing import Any, Literal

from carnet.kernel.service import CONTEXTS
from faults.firm import Firm, Wrap, as_they_are

PATIENCE = 60  # seconds for the next answer of a process
PROCESSES = multiprocessing.get_context("forkserver")  # imports once, then each process starts at once
PROCESSES.set_forkserver_preload(["carnet.kernel.trial", *(f"carnet.{context}.app" for context in CONTEXTS)])


@dataclass(frozen=True)
class Kill:
    """Where a process gets a signal from itself: `before` or `after` a method, the `nth` time."""

    owner: str
    method: str
    when: Literal["before", "after"]
    nth: int = 3
    by: signal.Signals = signal.SIGKILL

    def lay(self) -> None:
        """Put the kill in its place, in this process."""
        owner = resolve_name(self.owner)
        real, times = getattr(owner, self.method), count(1)

        def here(when: str) -> None:
            if when == self.when and next(times) == self.nth:
                os.kill(os.getpid(), self.by)

        setattr(owner, self.method, deadly(real, here))


ACK_AND_CURSOR = Kill("carnet.kernel.relay:Relay", "move", "before")
APPEND_AND_INBOX = Kill("carnet.kernel.reaction:Reactor", "react_once", "after")
APPEND_AND_ANSWER = Kill("carnet.kernel.streams:Stream", "append", "after")
IN_MID_TRAFFIC = Kill("faults.firm:Firm", "ask", "after")  # a client was answered; all else is wherever it is
TRANSACTION_AND_OFFSET = {
    "sqlite": Kill("carnet.kernel.bus.sqlite.member:SqliteSubscription", "commit", "before"),
    "kafka": Kill("carnet.kernel.bus.kafka.member:KafkaSubscription", "commit", "before"),
}


def deadly(real: Any, here: Any) -> Any:
    @wraps(real)
    async def later(*args: Any, **named: Any) -> Any:
        here("before")
        result = await real(*args, **named)
        here("after")
        return result

    @wraps(real)
    def at_once(*args: Any, **named: Any) -> Any:
        here("before")
        result = real(*args, **named)
        here("after")
        return result

    return later if iscoroutinefunction(real) else at_once


def killed(firm: Firm, kill: Kill, lamps: int = 24, wrap: Wrap = as_they_are) -> int:
    """Let a process of its own work for the firm until it kills itself; give its exit status.

    Whatever it acknowledged before is remembered as acknowledged.
    """
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(firm, kill, lamps, wrap, there))
    process.start()
    there.close()
    firm.lamps |= dict(heard(here))
    process.join()
    firm.asked += lamps
    return process.exitcode or 0


def heard(here: Connection) -> Any:
    try:
        while here.poll(PATIENCE):
            yield here.recv()
    except EOFError:
        return


def work(firm: Firm, kill: Kill, lamps: int, wrap: Wrap, told: Connection) -> None:
    kill.lay()
    asyncio.run(until_killed(firm, lamps, wrap, told))


async def until_killed(firm: Firm, lamps: int, wrap: Wrap, told: Connection) -> None:
    async with firm.at_work(wrap) as suite:
        await firm.work(suite, lamps, told.send)
        await suite.settle()
