"""What is to go on for as long as a service lives: started again, with backoff, whatever ends it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0  # seconds; what has gone on for longer than that begins at the first one again


class EndedFromOutside(Exception):
    """Something that was awaited had been cancelled by others: an error like any other, and no reason to stop."""


async def for_ever(work: Callable[[], Awaitable[object]], failed: Callable[[Exception], None]) -> NoReturn:
    """Do `work` again and again until this task is cancelled; `failed` may raise what is to end it."""
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        try:
            await attempt(work)
        except Exception as error:  # noqa: BLE001  # whatever it is: `failed` knows what to do about it
            failed(error)
        if time.monotonic() - began > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def attempt(work: Callable[[], Awaitable[object]]) -> None:
    """Do `work` once; raises EndedFromOutside for a cancellation that nobody asked of this task.

    A library that cancels what it was waiting for would else end the task, and a task group takes that for its wish.
    """
    try:
        await work()
    except asyncio.CancelledError as error:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        raise EndedFromOutside("What it waited for was cancelled by others.") from error
