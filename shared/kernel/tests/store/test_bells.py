"""A subscriber sleeps only when nothing came since it began to look."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from carnet.kernel.store.bells import Bells, follow
from carnet.kernel.store.port import Position, RecordedEvent


async def test_what_comes_while_a_subscriber_reads_is_not_missed() -> None:
    event = RecordedEvent(uuid4(), "t.v1", b"", {}, "order-1", 0, Position(1), datetime(2026, 1, 1, tzinfo=UTC))
    bells, pages = Bells(), [[], [event]]

    async def read(_: Position | None) -> list[RecordedEvent]:
        page = pages.pop(0)
        bells.ring()  # something is committed just after the page was read
        await asyncio.sleep(0)
        return page

    assert await asyncio.wait_for(anext(follow(bells.hang(), read, None)), 10) == [event]


def test_a_bell_in_a_loop_that_is_gone_harms_nobody() -> None:
    bells = Bells()
    loop = asyncio.new_event_loop()
    hanging = bells.hang()

    async def hang() -> None:
        hanging.__enter__()

    loop.run_until_complete(hang())
    loop.close()
    bells.ring()
    assert len(bells) == 1
