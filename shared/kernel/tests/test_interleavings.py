"""Promise 6: any interleaving that keeps each stream's order ends in the same rows and the same appends."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from engines.postgres import DatabaseOf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_relay import NotebookRuntime, Plant, planted, published, reactor
from toy import Lit, PutOut, all_rows, dispatch

from carnet.kernel import tables
from carnet.kernel.notice import Notice

EVENTS = (
    Lit(lamp="a", watts=1), Lit(lamp="b", watts=13), Lit(lamp="permit", watts=5), PutOut(lamp="a"),
    PutOut(lamp="b"), Lit(lamp="a", watts=2),
)  # fmt: skip


def interleaved(notices: list[Notice], order: list[int]) -> list[Notice]:
    """Deal the streams' events out in another order; each stream keeps its own."""
    lanes: dict[str, list[Notice]] = {}
    for notice in notices:
        lanes.setdefault(notice.stream, []).append(notice)
    result = []
    for pick in order:
        open_lanes = [lane for lane in lanes.values() if lane]
        result.append(open_lanes[pick % len(open_lanes)].pop(0))
    return result


async def play(url: str | None, order: list[int], repeats: list[int], page: int) -> Any:
    with TemporaryDirectory() as folder:
        async with planted(Path(folder), url) as plant:
            return await played(plant, order, repeats, page)


async def played(plant: Plant, order: list[int], repeats: list[int], page: int) -> Any:
    notices = interleaved(await published(plant, *EVENTS), order)
    for at in repeats:
        notices.insert(len(notices) - at % len(notices), notices[0])
    runtime = NotebookRuntime(plant)
    rows, notes = plant.projector(), reactor(plant, dispatch.reactions(runtime))  # type: ignore[arg-type]
    for at in range(0, len(notices), page):
        await notes.take(notices[at : at + page])
        await rows.take(notices[at : at + page])
        await notes.drain()
    told = [await runtime.notes(name) for name in ("a", "b", "permit")]
    held = await plant.database.read(all_rows(tables.Held))
    return sorted((r["task"], r["text"], r["done"]) for r in await plant.rows()), told, held


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.lists(st.integers(0, 9), min_size=len(EVENTS), max_size=len(EVENTS)),
    repeats=st.lists(st.integers(0, 9), max_size=3),
    page=st.integers(1, 8),
)
def test_any_interleaving_ends_in_the_same_rows_and_appends(
    database_of: DatabaseOf, order: list[int], repeats: list[int], page: int
) -> None:
    rows, notes, held = asyncio.run(play(database_of(uuid4().hex), order, repeats, page))
    assert rows == [("a", "2", True), ("b", "13", True), ("permit", "5", False)]
    assert notes == [("1", "2"), ("13",), ("5",)]
    assert held == []
