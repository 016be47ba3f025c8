"""One subscription a store, whatever the number of subscribers: it remembers what it hears, and wakes them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Final

import structlog

from carnet.kernel.store.bells import Bells
from carnet.kernel.store.port import Position, RecordedEvent, StoreError

FIRST_PAUSE: Final = 0.1  # seconds before a dropped subscription is started again
LONGEST_PAUSE: Final = 5.0
log = structlog.get_logger()

Heard = tuple[Position | None, RecordedEvent | None]
"""How far a subscription is, and the event, if one stands there; the first says that it runs."""
Head = Callable[[], Awaitable[Position | None]]
Listen = Callable[[Position | None], AsyncGenerator[Heard, None]]
Take = Callable[[Position | None, list[RecordedEvent]], None]


class Watch:
    """Subscribes while anybody listens to this store, and again from its last position when that is dropped."""

    def __init__(self, bells: Bells, head: Head, listen: Listen, take: Take) -> None:
        self._bells, self._head, self._listen, self._take = bells, head, listen, take
        self._task: asyncio.Task[None] | None = None
        self._begun = self._closed = False
        self._place: Position | None = None
        self._pause = FIRST_PAUSE

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """Give a bell that rings when there may be news."""
        with self._bells.hang() as bell:
            if self._task is None and not self._closed:
                self._task = asyncio.create_task(self._run())
            yield bell

    async def close(self) -> None:
        """End the subscription, and wake the subscribers so that they notice."""
        self._closed = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._bells.ring()

    async def _run(self) -> None:
        """Listen from the head on, for ever; whoever subscribed before has read up to there, or reads when it rings."""
        while not self._closed:
            try:
                if not self._begun:
                    self._place, self._begun = await self._head(), True
                await self._follow()
            except StoreError as error:
                log.warning("the subscription to the event store failed", why=str(error))
            except Exception:
                log.exception("the subscription to the event store failed")
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _follow(self) -> None:
        last = self._place
        async with aclosing(self._listen(self._place)) as heard:
            async for self._place, event in heard:
                if event is not None:
                    self._take(last, [event])
                    last = self._place
                self._pause = FIRST_PAUSE
                self._bells.ring()
