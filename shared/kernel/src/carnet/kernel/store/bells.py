"""Subscribers sleep until a bell rings, then look for themselves: a bell may ring for nothing, never too late."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Lock

from carnet.kernel.store.port import Position, RecordedEvent

ReadPage = Callable[[Position | None], Awaitable[list[RecordedEvent]]]


class Bells:
    """One bell a subscriber, in whichever event loop it lives."""

    def __init__(self) -> None:
        self.rung = 0
        self._lock = Lock()
        self._hung: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def __len__(self) -> int:
        return len(self._hung)

    @contextmanager
    def hang(self) -> Iterator[asyncio.Event]:
        """Give a bell to the running loop for as long as the block runs."""
        bell = asyncio.Event()
        with self._lock:
            self._hung[bell] = asyncio.get_running_loop()
        try:
            yield bell
        finally:
            with self._lock:
                del self._hung[bell]

    def ring(self) -> None:
        """Wake every subscriber, from any thread."""
        bells = defaultdict(list)
        with self._lock:
            self.rung += 1
            for bell, loop in self._hung.items():
                bells[loop].append(bell)
        for loop, hung in bells.items():
            with suppress(RuntimeError):  # the loop is closed, so nobody sleeps there
                loop.call_soon_threadsafe(_set, hung)


def _set(bells: list[asyncio.Event]) -> None:
    for bell in bells:
        bell.set()


async def follow(
    hang: AbstractContextManager[asyncio.Event], read: ReadPage, after: Position | None
) -> AsyncGenerator[list[RecordedEvent], None]:
    """Yield page after page past `after`, and sleep where there is none."""
    with hang as bell:
        while True:
            bell.clear()  # before reading, so that what comes meanwhile rings again
            if page := await read(after):
                after = page[-1].position
                yield page
            else:
                await bell.wait()
