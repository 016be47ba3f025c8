"""What a caller in an event loop asks of a thread, and how he is answered: all callers of a loop at once."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from carnet.kernel.store.port import StoreError

A = TypeVar("A")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Job(Generic[A, T]):
    """What is to be done with something that the thread has, and where the caller waits for its answer.

    `size` are the bytes that it writes; a group of them has a limit.
    """

    act: Callable[[A], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    size: int = 0
    answer: T | Exception = field(init=False)

    def fail(self, what: str, error: Exception) -> None:
        """Answer that the engine could not do it."""
        self.answer = StoreError(f"The event store could not {what}: {error}.")
        self.answer.__cause__ = error

    def settle(self) -> None:
        """Answer the caller, in his own loop, unless he has gone."""
        if self.future.done():
            return
        if isinstance(self.answer, Exception):
            self.future.set_exception(self.answer)
        else:
            self.future.set_result(self.answer)


def deliver(jobs: Iterable[Job[Any, Any]]) -> None:
    """Answer all callers of a loop with one wake-up."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job[Any, Any]]] = defaultdict(list)
    for job in jobs:
        by_loop[job.loop].append(job)
    for loop, own in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, so nobody waits there
            loop.call_soon_threadsafe(settle, own)


def settle(jobs: Iterable[Job[Any, Any]]) -> None:
    for job in jobs:
        job.settle()
