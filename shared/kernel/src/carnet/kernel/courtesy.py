"""Who waits for an answer goes first: while bulk work is acknowledged, what is derived from it stands aside a little.

All services of one process share its interpreter, and an import of ten thousand rows wakes thirty consumers. They lose
nothing by waiting: what comes meanwhile is taken in together, in fuller pages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

BREATH: Final = 0.01  # seconds between two pages, so that what comes meanwhile is taken in together
LASTS: Final = 0.3  # seconds that a bulk request is given way after it: the next one is on its way
LONGEST: Final = 2.0  # seconds that anybody stands aside; then a page is taken in, however much comes


@dataclass
class Courtesy:
    """Between two pages of background work `breathe` or `give_way`; with each bulk request `ask` to be let through."""

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    until: float = 0.0

    def ask(self) -> None:
        self.until = self.clock() + LASTS

    async def breathe(self) -> None:
        """Pause for a moment, and for as long as bulk work comes."""
        await self.sleep(BREATH)
        await self.give_way()

    async def give_way(self) -> None:
        """Pause for as long as bulk work comes, at most two seconds."""
        give_up = self.clock() + LONGEST
        while (rest := min(self.until, give_up) - self.clock()) > 0:
            await self.sleep(rest)


COURTESY: Final = Courtesy()
"""The one of this process."""
