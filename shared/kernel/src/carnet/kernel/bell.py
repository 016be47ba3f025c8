"""A bell: wakes whoever waits for news within this process, and nobody misses a ring."""

import asyncio
from contextlib import suppress


class Bell:
    """Read `rung`, look for what you want, and if it is not there `wait(rung)`."""

    def __init__(self) -> None:
        self.rung = 0
        self.event = asyncio.Event()

    def ring(self) -> None:
        self.rung += 1
        self.event.set()
        self.event = asyncio.Event()

    async def wait(self, rung: int, seconds: float | None = None) -> None:
        """Return when the bell has rung since `rung` was read, or after `seconds`."""
        if self.rung != rung:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of 3.11 may swallow a cancellation
                await self.event.wait()
