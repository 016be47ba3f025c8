"""What goes on for ever ends for its own cancellation alone, not for an error, an end, or a cancellation of others."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from carnet.kernel import endless
from carnet.kernel.endless import EndedFromOutside, for_ever


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endless, "FIRST_PAUSE", 0.0)


async def ends() -> None:
    """Come to an end as if all were done."""


async def fails() -> None:
    raise RuntimeError("once")


async def is_cancelled_by_others() -> None:
    waited_for = asyncio.get_running_loop().create_future()
    waited_for.cancel()
    await waited_for


@pytest.mark.parametrize(
    ("first", "told"), [(ends, None), (fails, RuntimeError), (is_cancelled_by_others, EndedFromOutside)]
)
async def test_it_begins_again_until_it_is_cancelled_itself(
    first: Callable[[], Awaitable[None]], told: type[Exception] | None
) -> None:
    begun, errors = asyncio.Semaphore(0), list[type[Exception]]()
    steps = iter([first, asyncio.Event().wait])

    async def work() -> None:
        begun.release()
        await next(steps)()

    task = asyncio.create_task(for_ever(work, lambda error: errors.append(type(error))))
    await begun.acquire()
    await begun.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert errors == ([told] if told else [])


async def test_what_is_told_of_an_error_may_end_it() -> None:
    def refuse(error: Exception) -> None:
        raise error

    with pytest.raises(RuntimeError, match="once"):
        await for_ever(fails, refuse)
