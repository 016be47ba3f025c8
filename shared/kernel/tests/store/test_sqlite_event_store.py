"""What only the SQLite adapter promises: one file that outlives kills, full disks and other processes."""

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest

from carnet.kernel.store.port import (
    EXISTS,
    NO_STREAM,
    Appended,
    NewerStore,
    NewEvent,
    OtherTenant,
    RecordedEvent,
    StoreError,
    StreamTombstoned,
    WrongRevision,
)
from carnet.kernel.store.sqlite import SqliteEventStore, connection, watch
from carnet.kernel.store.sqlite.intake import GROUP_APPENDS, GROUP_BYTES, Intake
from carnet.kernel.store.sqlite.job import Job
from carnet.kernel.store.sqlite.ledger import Ledger
from carnet.kernel.store.sqlite.reading import THREADS
from carnet.kernel.store.sqlite.writer import Writer

APPENDER = Path(__file__).with_name("appending_process.py")
KILLS = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteEventStore]:
    store = SqliteEventStore.open(path, tenant="rochat")
    yield store
    await store.close()


def event(size: int = 2) -> NewEvent:
    return NewEvent(uuid4(), "order-created.v1", b"x" * size, {})


def events(count: int) -> list[NewEvent]:
    return [event() for _ in range(count)]


# --- kill -9 -----------------------------------------------------------------------------------------------


def start(*arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, APPENDER, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def killed_after(path: Path, acknowledgements: int) -> list[str]:
    """Let a process append, kill it in the middle, and give the lines that it had acknowledged."""
    with start("forever", path) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(acknowledgements)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return [line for line in lines if line.endswith("\n")]


async def everything_in(path: Path) -> list[RecordedEvent]:
    store = SqliteEventStore.open(path)
    everything = await store.read_all(limit=1_000_000)
    await store.close()
    return everything


def lost(acknowledged: list[str], recorded: list[RecordedEvent]) -> list[str]:
    """Find the acknowledged events that do not stand at the revision that was acknowledged."""
    found = {(event.stream, event.revision): str(event.id) for event in recorded}
    missing = []
    for stream, last, *ids in map(str.split, acknowledged):
        first = int(last) - len(ids) + 1
        missing += [event_id for n, event_id in enumerate(ids, first) if found.get((stream, n)) != event_id]
    return missing


def assert_gapless(recorded: list[RecordedEvent]) -> None:
    assert [event.position for event in recorded] == list(range(1, len(recorded) + 1))
    streams = sorted(recorded, key=lambda event: (event.stream, event.revision))
    for _, own in groupby(streams, key=lambda event: event.stream):
        assert all(event.revision == n for n, event in enumerate(own))


def assert_batches_whole(recorded: list[RecordedEvent]) -> None:
    for _, own in groupby(recorded, key=lambda event: event.metadata["batch"]):
        batch = list(own)
        assert len(batch) == int(batch[0].metadata["size"])


async def test_kill_9_in_mid_batch_loses_nothing_acknowledged(path: Path) -> None:
    acknowledged: list[str] = []
    for kill in range(KILLS):
        acknowledged += killed_after(path, acknowledgements=1 + 7 * kill)
        recorded = await everything_in(path)
        assert lost(acknowledged, recorded) == []
        assert_gapless(recorded)
        assert_batches_whole(recorded)
    assert len(acknowledged) > KILLS


# --- several processes -------------------------------------------------------------------------------------


def test_two_processes_append_to_one_file_and_see_the_same(path: Path) -> None:
    processes = [start("share", path, writer, 40, 2 * 40 * 2) for writer in (1, 2)]
    seen = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert seen[0] == seen[1]
    assert [int(position) for position in seen[0][::2]] == list(range(1, 161))
    recorded = asyncio.run(everything_in(path))
    assert [str(event.id) for event in recorded] == seen[0][1::2]
    assert_gapless(recorded)
    assert_batches_whole(recorded)


async def test_what_another_writer_did_is_noticed(path: Path, store: SqliteEventStore) -> None:
    other = SqliteEventStore.open(path, tenant="rochat")
    for revision in range(0, 6, 2):
        await store.append("order-1", events(1), revision - 1 if revision else NO_STREAM)
        await other.append("order-1", events(1), revision)
        with pytest.raises(WrongRevision, match=f"at {revision + 1}, not at {revision}"):
            await store.append("order-1", events(1), revision)
    await other.tombstone("order-1", EXISTS)
    with pytest.raises(StoreError, match="closed for good"):
        await store.append("order-1", events(1), 5)
    await other.close()


async def test_a_subscriber_hears_of_another_writer(path: Path, store: SqliteEventStore) -> None:
    other = SqliteEventStore.open(path)
    async with aclosing(store.subscribe()) as pages:
        for n in range(3):
            waiting = asyncio.create_task(anext(pages))
            appended = await other.append(f"order-{n}", events(1), NO_STREAM)
            assert [event.position for event in await waiting] == [appended.position]
    await other.close()


async def test_a_subscriber_hears_of_our_own_commits_without_looking(
    store: SqliteEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 3600)
    async with aclosing(store.subscribe()) as pages:
        for n in range(3):
            waiting = asyncio.create_task(anext(pages))
            await store.head()  # so that the subscriber has looked, and sleeps
            await store.append(f"order-{n}", events(1), NO_STREAM)
            assert [event.stream for event in await asyncio.wait_for(waiting, 10)] == [f"order-{n}"]


def test_a_new_file_that_many_open_at_once_is_made_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        stores = list(threads.map(lambda _: SqliteEventStore.open(path, tenant="rochat"), range(8)))
    assert len({asyncio.run(store.incarnation()) for store in stores}) == 1
    for store in stores:
        asyncio.run(store.close())


def test_a_file_in_use_while_it_is_switched_to_wal_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE letter (text)")
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(connection, "sleep", lambda _: other.execute("ROLLBACK"))
        asyncio.run(SqliteEventStore.open(path).close())


# --- groups ------------------------------------------------------------------------------------------------


def job(size: int) -> Job[Ledger, None]:
    loop = asyncio.get_running_loop()
    return Job(lambda _: None, loop, loop.create_future(), size)


async def test_a_group_is_what_waits_up_to_a_limit() -> None:
    intake = Intake()
    for size in [1] * (GROUP_APPENDS + 3) + [GROUP_BYTES] * 2:
        intake.put(job(size))
    intake.close()
    assert [len(intake.take()) for _ in range(5)] == [GROUP_APPENDS, 3, 1, 1, 0]


@dataclass
class Groups:
    """The sizes of the groups that a writer tried to commit."""

    sizes: list[int] = field(default_factory=list)
    first: threading.Event = field(default_factory=threading.Event)

    async def begun(self) -> None:
        await asyncio.to_thread(self.first.wait)


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> Groups:
    groups, commit = Groups(), Writer._commit

    def spy(writer: Writer, group: list[Job[Ledger, object]]) -> None:
        groups.sizes.append(len(group))
        groups.first.set()
        commit(writer, group)

    monkeypatch.setattr(Writer, "_commit", spy)
    return groups


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep everybody else from writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def together(
    path: Path, groups: Groups, store: SqliteEventStore, appends: list[tuple[str, list[NewEvent]]]
) -> list[Appended | BaseException]:
    """Append in one group: the first alone holds up the writer, so that the others wait together."""
    with held(path):
        first = asyncio.create_task(store.append("order-first", events(1), NO_STREAM))
        await groups.begun()
        others = [asyncio.create_task(store.append(name, batch, NO_STREAM)) for name, batch in appends]
        await asyncio.sleep(0)
        assert not first.done()  # nobody is answered before his COMMIT
    await first
    return await asyncio.gather(*others, return_exceptions=True)


async def test_a_conflict_in_a_group_fails_its_caller_alone(
    path: Path, groups: Groups, store: SqliteEventStore
) -> None:
    appends = [("order-1", events(2)), ("order-1", events(1)), ("order-2", events(1))]
    answers = await together(path, groups, store, appends)
    assert [type(answer) for answer in answers] == [Appended, WrongRevision, Appended]
    assert groups.sizes == [1, 3]
    assert_gapless(await store.read_all())


async def test_an_unexpected_error_in_a_group_is_replayed_one_by_one(
    path: Path, groups: Groups, store: SqliteEventStore
) -> None:
    broken = NewEvent(uuid4(), "order-created.v1", cast("bytes", ["a list is no data"]))
    appends = [("order-1", events(2)), ("order-2", [event(), broken]), ("order-3", events(1)), ("order-1", events(1))]
    answers = await together(path, groups, store, appends)
    assert [type(answer) for answer in answers] == [Appended, StoreError, Appended, WrongRevision]
    assert groups.sizes == [1, 4, 1, 1, 1, 1]
    recorded = await store.read_all()
    assert [event.stream for event in recorded] == ["order-first", "order-1", "order-1", "order-3"]
    assert_gapless(recorded)


# --- readers -----------------------------------------------------------------------------------------------


async def test_many_who_read_at_once_are_answered_each_for_himself(store: SqliteEventStore) -> None:
    await asyncio.gather(*(store.append(f"order-{n}", events(n % 3 + 1), NO_STREAM) for n in range(100)))
    await store.tombstone("order-7", 1)
    reads = (store.read(f"order-{n}") for n in range(101))
    found = await asyncio.gather(*reads, return_exceptions=True)
    assert isinstance(found.pop(7), StreamTombstoned)
    assert [len(each) for each in found if isinstance(each, list)] == [n % 3 + 1 for n in range(100) if n != 7] + [0]


async def test_many_loops_read_at_once(store: SqliteEventStore) -> None:
    await store.append("order-1", events(2), NO_STREAM)

    async def read() -> list[int]:
        return [len(await store.read("order-1")) for _ in range(50)]

    loops = [asyncio.to_thread(asyncio.run, read()) for _ in range(4 * THREADS)]
    assert await asyncio.gather(*loops) == [[2] * 50] * (4 * THREADS)


async def test_who_does_not_wait_for_his_answer_keeps_nobody_from_his(store: SqliteEventStore) -> None:
    await store.append("order-1", events(2), NO_STREAM)
    gone, waits = (asyncio.create_task(store.read("order-1")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert len(await waits) == 2


# --- disks that fail ---------------------------------------------------------------------------------------


@contextmanager
def files_may_not_grow(beyond: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (beyond, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_error_reaches_the_callers_and_the_store_goes_on(path: Path, store: SqliteEventStore) -> None:
    await store.append("order-1", events(1), NO_STREAM)
    with files_may_not_grow(beyond=path.with_name("events.db-wal").stat().st_size + 50_000):
        attempts = (store.append(f"order-big-{n}", [event(200_000)], NO_STREAM) for n in range(3))
        answers = await asyncio.gather(*attempts, return_exceptions=True)
        assert [type(answer) for answer in answers] == [StoreError] * 3
        assert "could not write" in str(answers[0])
        assert (await store.append("order-1", events(1), 0)).revision == 1
    assert (await store.append("order-1", [event(200_000)], 1)).revision == 2
    assert [event.revision for event in await store.read("order-1")] == [0, 1, 2]
    assert_gapless(await store.read_all())


async def test_a_failing_clock_fails_its_append_alone(path: Path) -> None:
    def broken() -> datetime:
        raise OverflowError("no time")

    store = SqliteEventStore.open(path, clock=broken)
    with pytest.raises(StoreError, match="no time"):
        await store.append("order-1", events(1), NO_STREAM)
    assert await store.read("order-1") == []
    await store.close()


# --- opening and closing -----------------------------------------------------------------------------------


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    asyncio.run(SqliteEventStore.open(path).close())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(NewerStore, match=r"has version 99, this program knows 1: update Carnet"):
        SqliteEventStore.open(path, tenant="rochat")
    assert path.read_bytes() == before


async def test_another_tenants_file_is_refused(path: Path, store: SqliteEventStore) -> None:
    with pytest.raises(OtherTenant, match="belongs to tenant rochat, not to other"):
        SqliteEventStore.open(path, tenant="other")
    await SqliteEventStore.open(path).close()


def test_what_is_no_store_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Madam, " * 100)
    for path in (tmp_path / "letter", tmp_path, tmp_path / "missing" / "events.db"):
        with pytest.raises(StoreError, match="cannot be used as an event store"):
            SqliteEventStore.open(path)


async def test_every_commit_is_synced(store: SqliteEventStore) -> None:
    connection = store._writer._connection
    settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]


async def test_a_page_in_hand_holds_up_no_checkpoint(path: Path, store: SqliteEventStore) -> None:
    await store.append("order-1", events(1500), NO_STREAM)
    async with aclosing(store.subscribe()) as pages:
        await anext(pages)
        with closing(sqlite3.connect(path)) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
        assert len(await anext(pages)) == 500


async def test_the_file_is_watched_only_for_subscribers(store: SqliteEventStore) -> None:
    assert store._watch._thread is None
    task = asyncio.create_task(anext(store.subscribe()))
    await asyncio.sleep(0)
    assert len(store._watch._bells) == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(store._watch._bells) == 0


async def test_closing_ends_all_threads(path: Path) -> None:
    before = set(threading.enumerate())
    store = SqliteEventStore.open(path)
    waiting = asyncio.create_task(anext(store.subscribe()))
    await store.append("order-1", events(1), NO_STREAM)
    await waiting
    await store.close()
    own = [thread.name for thread in set(threading.enumerate()) - before if not thread.name.startswith("asyncio")]
    assert own == []


async def test_a_caller_who_left_harms_nobody(path: Path, groups: Groups, store: SqliteEventStore) -> None:
    with held(path):
        gone = asyncio.create_task(store.append("order-1", events(1), NO_STREAM))
        await groups.begun()
        gone.cancel()
    await store.append("order-2", events(1), NO_STREAM)
    assert [event.stream for event in await store.read_all()] == ["order-1", "order-2"]


def test_several_event_loops_share_a_store(path: Path) -> None:
    store = SqliteEventStore.open(path)

    async def append_and_hear(number: int) -> list[str]:
        async with aclosing(store.subscribe()) as pages:
            await store.append(f"order-{number}", events(3), NO_STREAM)
            seen: list[str] = []
            while len(seen) < 12:
                seen += [event.stream for event in await anext(pages)]
        return seen

    with ThreadPoolExecutor(4) as threads:
        heard = list(threads.map(lambda number: asyncio.run(append_and_hear(number)), range(4)))
    asyncio.run(store.close())
    assert heard == [heard[0]] * 4
