"""Subscribers of one store share their reads, and none of them misses an event or hears it twice."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from carnet.kernel.store import shared
from carnet.kernel.store.port import Position, RecordedEvent, StoreError
from carnet.kernel.store.shared import SharedReads


class File:
    """A store's file: how often it was read, and how often the bell rang."""

    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self.reads = self.rung = 0
        self.broken = False

    def append(self, count: int = 1) -> None:
        for _ in range(count):
            at, position = datetime(2026, 1, 1, tzinfo=UTC), Position(len(self.events) + 1)
            self.events.append(RecordedEvent(uuid4(), "t.v1", b"", {}, "order-1", position - 1, position, at))
        self.rung += 1

    async def read(self, after: Position | None) -> list[RecordedEvent]:
        self.reads += 1
        page = self.events[after or 0 :][:10]
        await asyncio.sleep(0)  # what is committed from here on is not in the page
        if self.broken:
            raise StoreError("no")
        return page


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def reads(file: File) -> SharedReads:
    return SharedReads(file.read, lambda: file.rung)


async def test_those_at_the_same_place_read_once(file: File, reads: SharedReads) -> None:
    file.append(3)
    pages = await asyncio.gather(*(reads.page(None) for _ in range(5)))
    late = await reads.page(Position(1))
    assert (pages, late, file.reads) == ([file.events] * 5, file.events[1:], 1)


async def test_at_the_head_one_look_serves_all_until_the_bell_rings(file: File, reads: SharedReads) -> None:
    assert [await reads.page(None) for _ in range(3)] == [[], [], []]
    assert file.reads == 1
    file.append()
    assert await reads.page(None) == file.events


async def test_a_read_that_began_before_the_ring_serves_nobody_after_it(file: File, reads: SharedReads) -> None:
    before = asyncio.create_task(reads.page(None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # it has looked, and found nothing
    file.append()
    assert await reads.page(None) == file.events
    assert await before == []


async def test_whoever_is_far_behind_reads_the_file_and_misses_nothing(
    file: File, reads: SharedReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "REMEMBERED", 15)
    file.append(100)
    places: list[list[RecordedEvent]] = [[], [], file.events[:50], file.events[:95]]
    while any(len(place) < len(file.events) for place in places):
        for place in places:
            place.extend(await reads.page(place[-1].position if place else None))
    assert places == [file.events] * len(places)


async def test_a_read_that_failed_is_done_again(file: File, reads: SharedReads) -> None:
    file.broken = True
    with pytest.raises(StoreError):
        await reads.page(None)
    file.broken = False
    file.append()
    assert await reads.page(None) == file.events
