"""What every adapter of the event store does. An adapter joins by one class in ENGINES and may not skip a test."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from carnet.kernel.store.eventstore import EventStoreDb
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import (
    EXISTS,
    MAX_APPEND_BYTES,
    NO_STREAM,
    Appended,
    AppendRefused,
    EventIdReused,
    EventStore,
    Expected,
    NewEvent,
    Position,
    RecordedEvent,
    StoreError,
    StreamTombstoned,
    WrongRevision,
    size_of,
)
from carnet.kernel.store.sqlite import SqliteEventStore

T = TypeVar("T")


class Engine(Protocol):
    """How the suite gets a store, and the same events again."""

    def open(self) -> EventStore: ...

    async def reopen(self, store: EventStore) -> EventStore: ...


class Memory:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> EventStore:
        return MemoryEventStore()

    async def reopen(self, store: EventStore) -> EventStore:
        return store


class Sqlite:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.db"

    def open(self) -> EventStore:
        return SqliteEventStore.open(self.path, tenant="rochat")

    async def reopen(self, store: EventStore) -> EventStore:
        await store.close()
        return self.open()


class Server:
    """The EventStoreDB adapter, over the development server or the real one that `CARNET_EVENTSTORE` names."""

    def __init__(self, uri: str) -> None:
        self.uri, self.prefix = uri, f"t{uuid4().hex[:12]}-"  # a store of its own on a server for all

    def open(self) -> EventStore:
        return EventStoreDb.open(self.uri, tenant="rochat", context="objects", prefix=self.prefix)

    async def reopen(self, store: EventStore) -> EventStore:
        await store.close()
        return self.open()


ENGINES = [Memory, Sqlite, Server]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__.lower())
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    made: Engine = Server(request.getfixturevalue("eventstore")) if request.param is Server else request.param(tmp_path)
    return made


@pytest.fixture
async def store(engine: Engine) -> AsyncIterator[EventStore]:
    store = engine.open()
    yield store
    await store.close()


def event(data: bytes = b"{}", metadata: Mapping[str, str] = MappingProxyType({})) -> NewEvent:
    return NewEvent(uuid4(), "order-created.v1", data, metadata)


def events(count: int) -> list[NewEvent]:
    return [event(b"%d" % n) for n in range(count)]


def ids(recorded: Sequence[NewEvent | RecordedEvent]) -> list[UUID]:
    return [event.id for event in recorded]


async def whole(store: EventStore) -> list[RecordedEvent]:
    found: list[RecordedEvent] = []
    while page := await store.read_all(found[-1].position if found else None):
        found += page
    return found


# --- streams -----------------------------------------------------------------------------------------------


async def test_an_event_comes_back_as_it_went_in(store: EventStore) -> None:
    new = NewEvent(uuid4(), "größe.v1", b"\x00\xff{}", {"actor": "Zoë \U0001f6d7 \x00", "": "empty"})
    appended = await store.append("order-1", [new], NO_STREAM)
    [recorded] = await store.read("order-1")
    assert (recorded.id, recorded.type, recorded.data, recorded.metadata) == (new.id, new.type, new.data, new.metadata)
    assert (recorded.stream, recorded.revision, recorded.position) == ("order-1", 0, appended.position)
    assert recorded.recorded_at.utcoffset() == timedelta(0)
    assert await store.read_all() == [recorded]


async def test_revisions_are_gapless_and_a_batch_stands_together(store: EventStore) -> None:
    batches = [events(3), events(1), events(4)]
    for at, batch in zip((-1, 2, 3), batches, strict=True):
        appended = await store.append("order-1", batch, at if at >= 0 else NO_STREAM)
        assert appended.revision == at + len(batch)
    recorded = await store.read("order-1")
    assert [event.revision for event in recorded] == list(range(8))
    assert ids(recorded) == ids([event for batch in batches for event in batch])
    assert recorded[-1].position == appended.position == await store.head()


async def test_a_refused_batch_leaves_nothing(store: EventStore) -> None:
    first = event()
    await store.append("order-1", [first, event()], NO_STREAM)
    for expected in (5, 1):  # a conflict, then a batch with a known id at its end
        with pytest.raises((WrongRevision, EventIdReused)):
            await store.append("order-1", [*events(3), first], expected)
    assert len(await store.read("order-1")) == len(await whole(store)) == 2


async def test_a_stream_is_read_after_a_revision(store: EventStore) -> None:
    await store.append("order-1", events(3), NO_STREAM)
    assert [event.revision for event in await store.read("order-1", after=0)] == [1, 2]
    assert await store.read("order-1", after=2) == await store.read("order-1", after=9) == []
    assert await store.read("order-1", after=-5) == await store.read("order-1")
    assert await store.read("order-2") == []


async def test_a_stream_is_read_by_the_page(store: EventStore) -> None:
    await store.append("order-1", events(3), NO_STREAM)
    pages = [await store.read("order-1", after, 2) for after in (-1, 1, 2)]
    assert [[event.revision for event in page] for page in pages] == [[0, 1], [2], []]


async def test_a_long_stream_is_read_whole(store: EventStore) -> None:
    await store.append("order-1", events(2001), NO_STREAM)
    assert [event.revision for event in await store.read("order-1")] == list(range(2001))
    assert len(await store.read("order-1", after=999)) == 1001


async def test_an_empty_store_has_no_head_and_its_incarnation_stays(engine: Engine, store: EventStore) -> None:
    assert await store.head() is None
    assert await store.read_all() == []
    incarnation = await store.incarnation()
    again = await engine.reopen(store)
    assert await again.incarnation() == incarnation
    await again.close()


async def test_a_renewed_store_keeps_its_events_and_has_a_later_incarnation(engine: Engine, store: EventStore) -> None:
    await store.append("order-1", events(1), NO_STREAM)
    before = await store.incarnation()
    first, second = await store.renew(), await store.renew()
    assert before < first < second
    assert str(before) < str(first) < str(second)
    again = await engine.reopen(store)
    assert await again.incarnation() == second
    assert await again.append("order-1", events(1), 0) == Appended(1, (await again.read_all())[-1].position)
    await again.close()


# --- the conflict matrix -----------------------------------------------------------------------------------

HEADS = {"missing": -1, "at 0": 0, "at n": 3, "tombstoned": 3}
WANTED = {  # what is expected -> what an append does to a stream in each state
    "no stream": {"missing": "taken", "at 0": "wrong", "at n": "wrong", "tombstoned": "closed"},
    "exists": {"missing": "wrong", "at 0": "taken", "at n": "taken", "tombstoned": "closed"},
    "n-1": {"missing": "wrong", "at 0": "wrong", "at n": "wrong", "tombstoned": "closed"},
    "n": {"missing": "taken", "at 0": "taken", "at n": "taken", "tombstoned": "closed"},
    "n+1": {"missing": "wrong", "at 0": "wrong", "at n": "wrong", "tombstoned": "closed"},
}
MATRIX = [(expected, state, fate) for expected, row in WANTED.items() for state, fate in row.items()]


async def stream_in(store: EventStore, state: str) -> int:
    if (head := HEADS[state]) >= 0:
        await store.append("order-1", events(head + 1), NO_STREAM)
    if state == "tombstoned":
        await store.tombstone("order-1", head)
    return head


def expectation(name: str, head: int) -> Expected:
    named: dict[str, Expected] = {"no stream": NO_STREAM, "exists": EXISTS, "n-1": head - 1, "n": head, "n+1": head + 1}
    return named[name]


@pytest.mark.parametrize(("expected", "state", "fate"), MATRIX)
async def test_conflict_matrix(store: EventStore, expected: str, state: str, fate: str) -> None:
    head = await stream_in(store, state)
    append = store.append("order-1", events(2), expectation(expected, head))
    if fate == "taken":
        assert (await append).revision == head + 2
        return
    with pytest.raises({"wrong": WrongRevision, "closed": StreamTombstoned}[fate]) as caught:
        await append
    if isinstance(caught.value, WrongRevision):
        assert caught.value.current == (head if head >= 0 else None)
    assert len(await whole(store)) == head + 1


@pytest.mark.parametrize(("expected", "state", "fate"), MATRIX)
async def test_tombstone_matrix(store: EventStore, expected: str, state: str, fate: str) -> None:
    head = await stream_in(store, state)
    if fate == "wrong":
        with pytest.raises(WrongRevision):
            await store.tombstone("order-1", expectation(expected, head))
        assert len(await store.read("order-1")) == head + 1
        return
    await store.tombstone("order-1", expectation(expected, head))
    with pytest.raises(StreamTombstoned):
        await store.append("order-1", events(1), NO_STREAM)


async def test_a_closed_stream_stays_closed_whatever_is_expected(store: EventStore) -> None:
    await store.append("order-1", events(2), NO_STREAM)
    wanted: list[Expected] = [1, -2, -1, 0, 99, NO_STREAM, EXISTS]
    for expected in wanted:
        await store.tombstone("order-1", expected)
        with pytest.raises(StreamTombstoned):
            await store.append("order-1", events(1), expected)


async def test_a_tombstone_hides_the_stream_but_not_what_happened(engine: Engine, store: EventStore) -> None:
    batch = events(2)
    await store.append("order-1", batch, NO_STREAM)
    await store.append("order-2", events(1), NO_STREAM)
    await store.tombstone("order-1", 1)
    again = await engine.reopen(store)
    for attempt in (again.read("order-1"), again.append("order-1", batch, NO_STREAM)):
        with pytest.raises(StreamTombstoned):
            await attempt
    assert len(await again.read("order-2")) == 1
    assert [event.stream for event in await whole(again)] == ["order-1", "order-1", "order-2"]
    await again.close()


# --- retries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expected", [NO_STREAM, 1, EXISTS], ids=str)
async def test_a_retry_answers_as_the_first_time(store: EventStore, expected: Expected) -> None:
    if expected is not NO_STREAM:
        await store.append("order-1", events(2), NO_STREAM)
    batch = events(3)
    first = await store.append("order-1", batch, expected)
    await store.append("order-1", events(2), EXISTS)
    before = await whole(store)
    assert await store.append("order-1", batch, expected) == first
    assert await whole(store) == before


async def test_a_retry_is_known_after_reopening_and_a_thousand_events(engine: Engine, store: EventStore) -> None:
    batch = events(2)
    first = await store.append("order-1", batch, NO_STREAM)
    for n in range(10):
        await store.append(f"order-x{n}", events(99), NO_STREAM)
        await store.append("order-1", events(1), EXISTS)
    again = await engine.reopen(store)
    for expected in (NO_STREAM, EXISTS):
        assert await again.append("order-1", batch, expected) == first
    assert len(await whole(again)) == 1002
    await again.close()


async def test_concurrent_copies_of_one_append_are_one(store: EventStore) -> None:
    batch = events(2)
    answers = await asyncio.gather(*(store.append("order-1", batch, NO_STREAM) for _ in range(8)))
    assert len(set(answers)) == 1
    assert ids(await store.read("order-1")) == ids(batch)


REUSED = [
    ("a known id at the head", 2, [0], EventIdReused),
    ("a known id behind a new one", 2, [None, 1], EventIdReused),
    ("the head's own id again", 2, [2], EventIdReused),
    ("a retry with another end", 0, [1, None], EventIdReused),
    ("a retry that goes on past the head", 0, [1, 2, None], EventIdReused),
    ("a retry in another order", 0, [2, 1], WrongRevision),
    ("a retry from elsewhere", NO_STREAM, [1, 2], WrongRevision),
    ("new ids at an old revision", 0, [None, None], WrongRevision),
    ("known ids beyond the head", 7, [0], WrongRevision),
    ("a part of it known, wherever", EXISTS, [1, None], EventIdReused),
    ("a part of it known, at its end", EXISTS, [None, 1], EventIdReused),
    ("known, but not in this order", EXISTS, [2, 0], EventIdReused),
    ("the same id twice in one append", 2, [9, 9], EventIdReused),
]


@pytest.mark.parametrize(("case", "expected", "which", "error"), REUSED, ids=[row[0] for row in REUSED])
async def test_a_reused_id_is_refused(
    store: EventStore, case: str, expected: Expected, which: list[int | None], error: type[StoreError]
) -> None:
    known = {**dict(enumerate(events(3))), 9: event()}
    await store.append("order-1", [known[0], known[1], known[2]], NO_STREAM)
    with pytest.raises(error):
        await store.append("order-1", [event() if n is None else known[n] for n in which], expected)
    assert len(await whole(store)) == 3


async def test_an_id_may_stand_in_two_streams(store: EventStore) -> None:
    batch = events(2)
    for stream in ("order-1", "order-2"):
        await store.append(stream, batch, NO_STREAM)
    assert len(await whole(store)) == 4


# --- limits ------------------------------------------------------------------------------------------------


def filling(size: int, key: str = "", value: str = "") -> NewEvent:
    return event(b"x" * (size - size_of(event(b"", {key: value}))), {key: value})


async def test_an_append_of_exactly_one_mebibyte_is_taken(store: EventStore) -> None:
    half = MAX_APPEND_BYTES // 2
    await store.append("order-1", [filling(half), filling(half, "actor", "anna")], NO_STREAM)
    await store.append("order-2", [filling(MAX_APPEND_BYTES)], NO_STREAM)
    assert [len(event.data) > 1000 for event in await whole(store)] == [True] * 3


async def test_one_byte_more_is_refused(store: EventStore) -> None:
    half = MAX_APPEND_BYTES // 2
    for batch in (
        [filling(MAX_APPEND_BYTES + 1)],
        [filling(half), filling(half + 1)],
        [filling(2 * half + 1, "a", "é")],
    ):
        with pytest.raises(AppendRefused, match="1 MiB"):
            await store.append("order-1", batch, NO_STREAM)
    assert await store.read("order-1") == []


async def test_an_append_holds_an_event_of_a_fair_type(store: EventStore) -> None:
    nameless, result, broken = NewEvent(uuid4(), "", b""), NewEvent(uuid4(), "Result", b""), event(b"", {"a": "\ud800"})
    for batch in ([], [nameless], [result], [broken]):
        with pytest.raises(AppendRefused):
            await store.append("order-1", batch, NO_STREAM)
    assert await store.head() is None


ODD_NAMES = ["order 1", " ", "größe-Ω-\U0001f6d7", "a" * 255, "é" * 127, "'; DROP TABLE event; --", "%", "a/b?c#d", "1"]


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_odd_names_are_kept(store: EventStore, name: str) -> None:
    await store.append(name, events(1), NO_STREAM)
    assert [event.stream for event in await store.read(name)] == [name]
    assert [event.stream for event in await whole(store)] == [name]


@pytest.mark.parametrize("name", ["", "a" * 256, "é" * 128, "$all", "a\nb", "a\x00", "a\x7f", "a\x85", "a\ud800"])
async def test_names_that_no_engine_keeps_are_refused(store: EventStore, name: str) -> None:
    for attempt in (store.append(name, events(1), NO_STREAM), store.tombstone(name, NO_STREAM)):
        with pytest.raises(AppendRefused):
            await attempt


async def test_names_differ_by_case_and_by_composition(store: EventStore) -> None:
    names = ["order-a", "order-A", "order-\u00e9", "order-e\u0301"]
    for name in names:
        await store.append(name, events(1), NO_STREAM)
    assert [event.stream for event in await whole(store)] == names


# --- many writers ------------------------------------------------------------------------------------------


async def test_of_many_writers_one_wins(store: EventStore) -> None:
    await store.append("order-1", events(1), NO_STREAM)
    attempts = (store.append("order-1", events(2), 0) for _ in range(20))
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {Appended: 1, WrongRevision: 19}
    assert len(await store.read("order-1")) == 3


async def test_all_is_one_order_in_which_positions_grow(store: EventStore) -> None:
    appended = [await store.append(f"order-{n % 3}", events(2), EXISTS if n > 2 else NO_STREAM) for n in range(9)]
    recorded = await whole(store)
    positions = [event.position for event in recorded]
    assert positions == sorted(set(positions))
    assert [event.position for event in recorded[1::2]] == [answer.position for answer in appended]
    for n, position in enumerate(positions):
        assert await store.read_all(position) == recorded[n + 1 :]


async def test_a_page_of_all_holds_as_many_as_wanted(store: EventStore) -> None:
    await store.append("order-1", events(2100), NO_STREAM)
    sizes = [len(await store.read_all(limit=limit)) for limit in (0, 1, 999, 2050, 5000)]
    assert sizes == [0, 1, 999, 2050, 2100]
    assert len(await store.read_all()) == 1000


# --- subscriptions -----------------------------------------------------------------------------------------


async def follow(store: EventStore, count: int, after: Position | None = None) -> list[RecordedEvent]:
    """Subscribe until `count` events have come."""
    found: list[RecordedEvent] = []
    async with aclosing(store.subscribe(after)) as pages:
        while len(found) < count:
            page = await anext(pages)
            assert page
            found += page
    return found


async def follow_until(store: EventStore, stream: str) -> list[RecordedEvent]:
    """Subscribe until an event of `stream` has come."""
    found: list[RecordedEvent] = []
    async with aclosing(store.subscribe()) as pages:
        while not found or found[-1].stream != stream:
            found += await anext(pages)
    return found


async def write(store: EventStore, writer: int, appends: int) -> int:
    """Append to shared streams as a careless client does; give how many events were taken."""
    dice, taken = random.Random(writer), 0
    wanted: list[Expected] = [NO_STREAM, EXISTS, EXISTS, *range(20)]
    for _ in range(appends):
        stream, batch = f"order-{dice.randrange(4)}", events(dice.randint(1, 3))
        expected = dice.choice(wanted)
        try:
            await store.append(stream, batch, expected)
        except (WrongRevision, StreamTombstoned):
            await asyncio.sleep(0)
        else:
            taken += len(batch)
    return taken


async def test_a_subscription_is_exact_under_sixteen_writers(store: EventStore) -> None:
    subscription = asyncio.create_task(follow_until(store, "order-last"))
    taken = sum(await asyncio.gather(*(write(store, n, 20) for n in range(16))))
    await store.append("order-last", events(1), NO_STREAM)
    seen, recorded = await subscription, await whole(store)
    assert seen == recorded
    assert len(seen) == taken + 1
    for stream in {event.stream for event in recorded}:
        own = [event.revision for event in recorded if event.stream == stream]
        assert own == list(range(len(own)))


async def test_a_subscription_resumes_from_each_position(store: EventStore) -> None:
    await asyncio.gather(*(write(store, n, 4) for n in range(16)))
    recorded = await whole(store)
    for n, event in enumerate(recorded[:-1]):
        assert await follow(store, len(recorded) - n - 1, event.position) == recorded[n + 1 :]


async def test_a_subscription_catches_up_then_waits_for_what_comes(store: EventStore) -> None:
    await store.append("order-1", events(1500), NO_STREAM)
    waiting = asyncio.create_task(follow(store, 1502))
    await follow(store, 1500)
    await store.append("order-2", events(2), NO_STREAM)
    assert [event.stream for event in await waiting][-3:] == ["order-1", "order-2", "order-2"]


async def test_subscribers_hear_each_for_himself(store: EventStore) -> None:
    waiting = [asyncio.create_task(follow(store, 3)) for _ in range(5)]
    for n in range(3):
        await store.append(f"order-{n}", events(1), NO_STREAM)
    assert all([await task == await whole(store) for task in waiting])


async def test_a_subscription_ends_with_an_error_when_the_store_closes(engine: Engine) -> None:
    store = engine.open()
    waiting = asyncio.create_task(follow(store, 1))
    await asyncio.sleep(0)
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await waiting


# --- closing -----------------------------------------------------------------------------------------------


async def test_closing_finishes_what_was_accepted_and_takes_no_more(engine: Engine) -> None:
    store = engine.open()
    accepted = [asyncio.create_task(store.append(f"order-{n}", events(2), NO_STREAM)) for n in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert [answer.revision for answer in await asyncio.gather(*accepted)] == [1] * 50
    await store.close()
    for attempt in (
        store.append("order-x", events(1), NO_STREAM),
        store.read("order-1"),
        store.read_all(),
        store.head(),
    ):
        with pytest.raises(StoreError, match="closed"):
            await attempt


# --- against a model ---------------------------------------------------------------------------------------


@dataclass
class Model:
    """What a store holds, as plainly as can be said: `$all`, and the names that were closed."""

    all: list[tuple[str, UUID]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def stream(self, name: str) -> list[UUID]:
        return [event_id for stream, event_id in self.all if stream == name]

    def append(self, name: str, new: list[UUID], expected: Expected) -> int | type[StoreError]:
        if len(set(new)) < len(new):
            return EventIdReused
        if name in self.closed:
            return StreamTombstoned
        answer = self.judge(self.stream(name), new, expected)
        if answer is None:
            self.all += [(name, event_id) for event_id in new]
            return len(self.stream(name)) - 1
        return answer

    def judge(self, old: list[UUID], new: list[UUID], expected: Expected) -> int | type[StoreError] | None:
        """Give None for an append to write, the revision of a retry, or what refuses it."""
        known = [event_id in old for event_id in new]
        if expected is EXISTS and not old:
            return WrongRevision
        start = (old.index(new[0]) if known[0] else len(old)) if expected is EXISTS else self.start(expected)
        if start == len(old):
            return EventIdReused if any(known) else None
        if not 0 <= start < len(old) or old[start] != new[0]:
            return WrongRevision
        return start + len(new) - 1 if old[start : start + len(new)] == new else EventIdReused

    def start(self, expected: Expected) -> int:
        return expected + 1 if isinstance(expected, int) else 0

    def tombstone(self, name: str, expected: Expected) -> type[StoreError] | None:
        head = len(self.stream(name)) - 1
        holds = head >= 0 if expected is EXISTS else head == self.start(expected) - 1
        if name not in self.closed and not holds:
            return WrongRevision
        self.closed.add(name)
        return None


NAMES = st.sampled_from(["order-1", "order-2", "order-3"])
IDS = st.lists(st.integers(0, 20).map(lambda n: UUID(int=n)), min_size=1, max_size=4)
EXPECTED = st.sampled_from([NO_STREAM, EXISTS]) | st.integers(-2, 9)


class StoreMachine(RuleBasedStateMachine):
    """Does the same to a store and to the model. Streams get a new prefix each time, so that one store serves all."""

    def __init__(self, run: asyncio.Runner, engine: Engine, stores: list[EventStore]) -> None:
        super().__init__()
        self.run, self.engine, self.stores = run.run, engine, stores
        self.model, self.prefix = Model(), uuid4().hex
        self.answers: list[tuple[str, list[UUID], Expected, Appended]] = []

    @initialize()
    def begin(self) -> None:
        self.start = self.run(self.stores[-1].head())

    @rule(name=NAMES, new=IDS, expected=EXPECTED)
    def append(self, name: str, new: list[UUID], expected: Expected) -> None:
        answer = self.try_append(name, new, expected)
        wanted = self.model.append(name, new, expected)
        assert (answer.revision if isinstance(answer, Appended) else type(answer)) == wanted
        if isinstance(answer, Appended):
            self.answers.append((name, new, expected, answer))

    @rule(name=NAMES, new=IDS)
    def append_at_the_head(self, name: str, new: list[UUID]) -> None:
        self.append(name, new, len(self.model.stream(name)) - 1)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if self.answers:
            name, new, expected, first = data.draw(st.sampled_from(self.answers))
            answer = self.try_append(name, new, expected)
            assert answer == first or name in self.model.closed

    @rule(name=NAMES, expected=EXPECTED)
    def tombstone(self, name: str, expected: Expected) -> None:
        answer = self.run(outcome(self.stores[-1].tombstone(self.prefix + name, expected)))
        assert (answer if answer is None else type(answer)) == self.model.tombstone(name, expected)

    @rule()
    def reopen(self) -> None:
        self.stores.append(self.run(self.engine.reopen(self.stores[-1])))

    @rule()
    def read_all(self) -> None:
        recorded = self.run(self.stores[-1].read_all(self.start))
        assert [(event.stream.removeprefix(self.prefix), event.id) for event in recorded] == self.model.all

    @rule(name=NAMES)
    def read(self, name: str) -> None:
        recorded = self.run(outcome(self.stores[-1].read(self.prefix + name)))
        if isinstance(recorded, list):
            assert ids(recorded) == self.model.stream(name)
        else:
            assert isinstance(recorded, StreamTombstoned)
        assert isinstance(recorded, list) == (name not in self.model.closed)

    def teardown(self) -> None:
        self.read_all()

    def try_append(self, name: str, new: list[UUID], expected: Expected) -> Appended | BaseException:
        batch = [NewEvent(event_id, "order-created.v1", b"{}") for event_id in new]
        return self.run(outcome(self.stores[-1].append(self.prefix + name, batch, expected)))


async def outcome(attempt: Awaitable[T]) -> T | BaseException:
    [answer] = await asyncio.gather(attempt, return_exceptions=True)
    return answer


def test_a_store_does_what_the_model_does(engine: Engine) -> None:
    class Machine(StoreMachine):
        def __init__(self) -> None:
            super().__init__(runner, engine, stores)

    with asyncio.Runner() as runner:
        stores = [engine.open()]
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
        runner.run(stores[-1].close())
