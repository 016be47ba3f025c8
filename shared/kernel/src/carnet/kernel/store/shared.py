"""Subscribers at the same place share one read of the store: a service has ten of them, woken by the same bell."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from carnet.kernel.store.bells import ReadPage
from carnet.kernel.store.port import Position, RecordedEvent

REMEMBERED: Final = 2000  # events
POSITION: Final = attrgetter("position")

Flight = asyncio.Task[list[RecordedEvent]]


@dataclass(frozen=True)
class Newest:
    """The newest events that were read: all that stand behind `after`, up to the last one here."""

    after: int = 0
    events: list[RecordedEvent] = field(default_factory=list)

    def behind(self, after: int) -> list[RecordedEvent]:
        """Give those behind a position; none where not all of them are here."""
        return self.events[bisect_right(self.events, after, key=POSITION) :] if after >= self.after else []

    def and_page(self, after: int, page: list[RecordedEvent]) -> "Newest":
        """Take in a page that was read behind `after`; one that does not go on here begins anew."""
        last = self.events[-1].position if self.events else self.after
        if after != last:
            return Newest(after, page) if after > last else self
        joined = self.events + page
        too_many = max(len(joined) - REMEMBERED, 0)
        return Newest(joined[too_many - 1].position if too_many else self.after, joined[too_many:])


class SharedReads:
    """Reads for subscribers; `rung` counts the bell's rings, each of which comes after its commit.

    A read that began after a ring sees what was committed before it, and so may serve all who were woken by it.
    """

    def __init__(self, read: ReadPage, rung: Callable[[], int]) -> None:
        self._read, self._rung = read, rung
        self._newest = Newest()
        self._flights: dict[tuple[asyncio.AbstractEventLoop, int, int], Flight] = {}
        self._heard = 0

    async def page(self, after: Position | None) -> list[RecordedEvent]:
        """Give events behind a position, none where it is the head."""
        return self._newest.behind(after or 0) or await asyncio.shield(self._flight(after))

    def take(self, after: Position | None, page: list[RecordedEvent]) -> None:
        """Remember a page that was read, or pushed by the engine, behind `after`."""
        self._newest = self._newest.and_page(after or 0, page)

    def _flight(self, after: Position | None) -> Flight:
        rung = self._rung()
        if rung != self._heard:
            self._heard, self._flights = rung, {}
        key = asyncio.get_running_loop(), after or 0, rung
        if (flight := self._flights.get(key)) is None:
            flight = self._flights[key] = asyncio.create_task(self._fly(after))
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    async def _fly(self, after: Position | None) -> list[RecordedEvent]:
        if page := await self._read(after):
            self.take(after, page)
        return page

    def _landed(self, key: tuple[asyncio.AbstractEventLoop, int, int], flight: Flight) -> None:
        """Keep what found nothing until the next ring: the others of the same place need not look again."""
        if flight.cancelled() or flight.exception() or flight.result():
            self._flights.pop(key, None)
