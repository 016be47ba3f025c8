"""Who did what: a row for each event, once, from whichever process; filters; what an answer costs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest
from engines.postgres import DatabaseOf
from sqlmodel import Session, select
from test_relay import Plant, planted
from toy import Lit, lamps

from carnet.kernel import audit
from carnet.kernel.audit import Asked, Audit, Entry
from carnet.kernel.because import Because
from carnet.kernel.store.port import Position, RecordedEvent
from carnet.kernel.streams import Stream
from carnet.kernel.tables import Checkpoint
from carnet.kernel.trial import PATIENCE

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVERYTHING = Asked()


def event(position: int, actor: str, stream: str, at: datetime = NOON) -> RecordedEvent:
    metadata = {"actor": actor, "correlation": f"request-{position}"}
    return RecordedEvent(uuid4(), "lit.v1", b"{}", metadata, stream, 0, Position(position), at)


EVENTS = [
    event(1, "anna", "lamp-1"),
    event(2, "paul", "lamp-2", NOON + DAY),
    event(5, "anna", "lamp-2", NOON + 2 * DAY),
    event(6, "anna", "lamp-2", NOON + 2 * DAY),
]


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


@pytest.fixture
async def noting(plant: Plant) -> Audit:
    made = Audit(plant.around)
    assert await plant.database.write(made.begin) is None
    return made


async def note(noting: Audit, *events: RecordedEvent) -> None:
    await noting.around.database.write(partial(noting.note, events))


async def asked(noting: Audit, wanted: Asked = EVERYTHING, before: tuple[int, ...] = (), limit: int = 9) -> list[Entry]:
    return await noting.around.database.read(partial(audit.entries, asked=wanted, before=before, limit=limit))


def positions(found: Sequence[Entry]) -> list[int]:
    return [entry.position for entry in found]


async def test_an_entry_says_who_what_when_and_by_which_request(noting: Audit) -> None:
    await note(noting, EVENTS[1])
    assert await asked(noting) == [Entry(2, NOON + DAY, "paul", "lit.v1", "lamp-2", 0, "request-2")]


async def test_it_is_asked_by_actor_by_stream_and_by_time(noting: Audit) -> None:
    await note(noting, *EVENTS)
    for wanted, found in (
        (Asked(), [6, 5, 2, 1]),
        (Asked(actor="anna"), [6, 5, 1]),
        (Asked(stream="lamp-2"), [6, 5, 2]),
        (Asked(actor="anna", stream="lamp-2"), [6, 5]),
        (Asked(begin=NOON + DAY), [6, 5, 2]),
        (Asked(end=NOON + DAY), [1]),
        (Asked(begin=NOON + DAY, end=NOON + 2 * DAY), [2]),
        (Asked(actor="nobody"), []),
    ):
        assert positions(await asked(noting, wanted)) == found, wanted


async def test_a_list_goes_on_behind_an_entry_also_among_those_of_one_moment(noting: Audit) -> None:
    await note(noting, *EVENTS)
    newest, *rest = await asked(noting)
    behind = audit.micros(newest.at), newest.position
    assert await asked(noting, before=behind) == rest
    assert await asked(noting, before=behind, limit=1) == rest[:1]


async def test_a_clock_that_was_set_back_loses_nothing(noting: Audit) -> None:
    await note(noting, *EVENTS, event(7, "anna", "lamp-1", NOON - DAY))
    assert positions(await asked(noting, Asked(end=NOON + DAY))) == [1, 7]


async def test_what_two_processes_note_stands_there_once(plant: Plant, noting: Audit) -> None:
    await note(noting, *EVENTS[:2])
    await note(Audit(plant.around), *EVENTS[:3])
    assert positions(await asked(noting)) == [5, 2, 1]


async def test_a_second_process_goes_on_where_the_first_one_was(plant: Plant, noting: Audit) -> None:
    await note(noting, *EVENTS)
    assert await plant.database.write(Audit(plant.around).begin) == 6


async def test_a_restored_store_is_noted_from_its_first_event_on(plant: Plant, noting: Audit) -> None:
    await note(noting, *EVENTS)
    restored = Audit(replace(plant.around, source="/carnet/test/dispatch/2"))
    assert await plant.database.write(restored.begin) is None
    assert await asked(restored) == []
    await note(restored, EVENTS[0])
    assert positions(await asked(restored)) == [1]
    with pytest.raises(LookupError):
        await note(noting, EVENTS[3])  # by a process that has not heard of it


async def test_nothing_is_left_of_an_earlier_schema(
    plant: Plant, noting: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await note(noting, *EVENTS)
    monkeypatch.setattr(audit, "schema", lambda: "another")
    await plant.database.write(Audit(plant.around).begin)
    assert await asked(noting) == []
    kept = await plant.database.read(lambda session: session.exec(select(Checkpoint.consumer)).all())
    assert kept == ["audit another of /carnet/test/dispatch/1"]


async def test_it_follows_the_store(plant: Plant, noting: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAUSE", 0.0)
    running = asyncio.create_task(noting.run())
    for lamp in ("a", "b"):
        because = Because("paul", f"request-{lamp}")
        await Stream(plant.around.store, lamps, f"lamp-{lamp}").handle(Lit(lamp=lamp, watts=1), because)
        async with asyncio.timeout(PATIENCE):
            while not (found := await asked(noting, Asked(stream=f"lamp-{lamp}"))):  # noqa: ASYNC110  # it rings no bell
                await asyncio.sleep(0.01)
        assert [(each.actor, each.correlation) for each in found] == [("paul", f"request-{lamp}")]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


ASKED = (
    Asked(),
    Asked(actor="anna"),
    Asked(stream="lamp-2"),
    Asked(begin=NOON, end=NOON + DAY),
    Asked(actor="anna", begin=NOON),
    Asked(stream="lamp-2", end=NOON),
)


async def test_an_answer_reads_its_rows_from_an_index_in_their_order(plant: Plant, noting: Audit) -> None:
    assert noting.name
    for wanted, before in product(ASKED, [(), (audit.micros(NOON), 5)]):
        plan = await plant.database.read(partial(explained, wanted=wanted, before=before))
        assert "Index Scan" in plan or "USING INDEX carnet_audit_" in plan, plan
        assert not [word for word in ("Sort", "Seq Scan", "TEMP B-TREE") if word in plan], plan


def explained(session: Session, wanted: Asked, before: tuple[int, ...]) -> str:
    """Give how the engine answers; PostgreSQL may not take a short cut because the table is small."""
    connection = session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    asked_for = audit.query(wanted, before, 9).compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.exec_driver_sql(f"{'EXPLAIN QUERY PLAN' if on_sqlite else 'EXPLAIN'} {asked_for}")
    return "\n".join(str(row) for row in rows)
