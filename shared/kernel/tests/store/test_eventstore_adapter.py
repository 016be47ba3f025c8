"""What only the EventStoreDB adapter promises: lost replies, dropped subscriptions, a server that goes and comes.

It runs over a development server in this process, whose faults a test can order.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from engines.eventstore.log import Log
from engines.eventstore.server import DevelopmentServer, Tls

from carnet.kernel.settings import BadSettings
from carnet.kernel.store.eventstore import EventStoreDb, writing
from carnet.kernel.store.eventstore.address import Address
from carnet.kernel.store.eventstore.known import KnownStream
from carnet.kernel.store.eventstore.reading import Reader
from carnet.kernel.store.eventstore.writing import Writer
from carnet.kernel.store.port import (
    EXISTS,
    NO_STREAM,
    AppendRefused,
    EventIdReused,
    Expected,
    NewerStore,
    NewEvent,
    OtherTenant,
    Position,
    RecordedEvent,
    StoreError,
    WrongRevision,
)

T = TypeVar("T")

PATIENCE = 60.0  # seconds until a test that waits in vain fails


@pytest.fixture
async def server() -> AsyncIterator[DevelopmentServer]:
    async with DevelopmentServer() as server:
        yield server


@pytest.fixture
async def store(server: DevelopmentServer) -> AsyncIterator[EventStoreDb]:
    store = opened(server)
    yield store
    await store.close()


def opened(
    server: DevelopmentServer, tenant: str = "rochat", context: str = "objects", prefix: str = ""
) -> EventStoreDb:
    return EventStoreDb.open(server.uri, tenant=tenant, context=context, prefix=prefix)


def events(count: int) -> list[NewEvent]:
    return [NewEvent(uuid4(), "order-created.v1", b"{}") for _ in range(count)]


def streams(recorded: list[RecordedEvent]) -> list[str]:
    return [event.stream for event in recorded]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  # what is waited for happens in another process, or in none
            await asyncio.sleep(0.01)


async def at_last(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until the server is found again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await attempt()
            except StoreError:
                await asyncio.sleep(0.05)


# --- replies that are lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [1, 3, 5])
@pytest.mark.parametrize("expected", [NO_STREAM, 1, EXISTS], ids=str)
async def test_an_append_whose_reply_is_lost_stands_once(
    server: DevelopmentServer, store: EventStoreDb, lost: int, expected: Expected
) -> None:
    if expected is not NO_STREAM:
        await store.append("order-1", events(2), NO_STREAM)
    before = await store.read_all()
    server.faults.lost_replies = lost
    appended = await store.append("order-1", batch := events(3), expected)
    recorded = (await store.read_all())[len(before) :]
    assert [event.id for event in recorded] == [event.id for event in batch]
    assert (appended.revision, appended.position) == (recorded[-1].revision, recorded[-1].position)


async def test_an_append_of_which_no_reply_ever_came_is_answered_when_it_is_tried_again(
    server: DevelopmentServer, store: EventStoreDb
) -> None:
    await store.incarnation()
    server.faults.lost_replies = 1000
    with pytest.raises(StoreError, match="does not answer: the development server is told to lose this reply"):
        await store.append("order-1", batch := events(2), NO_STREAM)
    server.faults.lost_replies = 0
    assert (await store.append("order-1", batch, NO_STREAM)).position == await store.head()
    assert len(await store.read_all()) == 2


@pytest.mark.parametrize("read", ["stream", "all"])
async def test_a_read_that_is_cut_off_by_another_call_s_lost_reply_is_asked_again(
    server: DevelopmentServer, store: EventStoreDb, read: str
) -> None:
    await store.append("order-1", batch := events(3), NO_STREAM)
    server.faults.delay = 0.5
    reading = asyncio.create_task(store.read("order-1") if read == "stream" else store.read_all(limit=3))
    await asyncio.sleep(0.1)
    server.faults.delay, server.faults.lost_replies = 0.0, 1
    await store.append("order-2", events(1), NO_STREAM)
    assert [event.id for event in await reading] == [event.id for event in batch]


async def test_where_a_repeated_append_stands_is_read_when_the_server_does_not_say_it(
    server: DevelopmentServer, store: EventStoreDb
) -> None:
    server.faults.forgets_positions, server.faults.lost_replies = True, 1
    appended = await store.append("order-1", events(2), NO_STREAM)
    assert appended.position == await store.head()


# --- what is known without asking --------------------------------------------------------------------------


async def test_an_append_after_a_read_asks_once(store: EventStoreDb, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.append("order-1", first := events(2), NO_STREAM)
    asked: list[str] = []
    read = Reader.stream

    async def spied(reader: Reader, name: str, after: int, limit: int = 1000) -> list[RecordedEvent]:
        asked.append(name)
        return await read(reader, name, after, limit)

    monkeypatch.setattr(Reader, "stream", spied)
    assert (await store.append("order-1", events(1), 1)).revision == 2
    assert (await store.append("order-1", events(1), EXISTS)).revision == 3
    assert asked == []
    with pytest.raises(EventIdReused):
        await store.append("order-1", [first[0]], 3)
    assert asked == ["order-1"]


async def test_a_head_that_another_process_has_moved_is_noticed(server: DevelopmentServer, store: EventStoreDb) -> None:
    other = opened(server)
    await store.append("order-1", events(1), NO_STREAM)
    await other.append("order-1", theirs := events(1), 0)
    with pytest.raises(WrongRevision, match="at 1, not at 0"):
        await store.append("order-1", events(1), 0)
    await other.append("order-1", events(1), EXISTS)
    assert (await store.append("order-1", theirs, 0)).revision == 1
    assert (await store.append("order-1", events(1), EXISTS)).revision == 3
    await other.close()


async def test_an_append_that_always_comes_too_late_is_given_up(
    server: DevelopmentServer, store: EventStoreDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ATTEMPTS", 3)
    other, look = opened(server), Writer._look
    await store.append("order-1", events(1), NO_STREAM)

    async def look_and_be_overtaken(writer: Writer, stream: str) -> KnownStream:
        known = await look(writer, stream)
        await other.append(stream, events(1), EXISTS)
        return known

    await other.append("order-1", events(1), EXISTS)
    monkeypatch.setattr(store._writer, "_look", partial(look_and_be_overtaken, store._writer))
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StoreError, match="Others write to order-1 all the time: an append came too late 3 times"):
            await store.append("order-1", events(1), EXISTS)
    await other.close()


async def test_an_id_that_another_process_used_is_refused(server: DevelopmentServer, store: EventStoreDb) -> None:
    await store.append("order-1", known := events(4), NO_STREAM)
    for after in (None, 1, 2):
        other = opened(server)
        if after is not None:
            await other.read("order-1", after)  # a part of the stream tells nothing of the rest
        with pytest.raises(EventIdReused):
            await other.append("order-1", [known[0]], 3)
        await other.close()


async def test_what_others_appended_meanwhile_counts(server: DevelopmentServer, store: EventStoreDb) -> None:
    await store.append("order-1", events(1), NO_STREAM)
    other = opened(server)
    await other.append("order-1", theirs := events(2), 0)
    assert (await store.append("order-1", events(1), 2)).revision == 3
    assert (await other.append("order-1", theirs, 0)).revision == 2
    await other.close()


# --- subscriptions -----------------------------------------------------------------------------------------


async def followed(store: EventStoreDb, found: list[RecordedEvent]) -> None:
    async with aclosing(store.subscribe()) as pages:
        async for page in pages:
            assert page
            found += page


@pytest.mark.parametrize("quietly", [True, False])
async def test_a_dropped_subscription_goes_on_where_it_was(
    server: DevelopmentServer, store: EventStoreDb, quietly: bool
) -> None:
    found: list[RecordedEvent] = []
    subscriber = asyncio.create_task(followed(store, found))
    for n in range(5):
        await store.append(f"order-{n}", events(2), NO_STREAM)
        server.faults.drop_subscriptions(quietly=quietly)
        await store.append(f"order-x{n}", events(40), NO_STREAM)
        await until(lambda wanted=42 * (n + 1): len(found) >= wanted)  # type: ignore[misc]  # bound now
    assert found == await store.read_all()
    subscriber.cancel()


async def test_what_comes_before_the_subscription_runs_is_heard(
    server: DevelopmentServer, store: EventStoreDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, found, read = opened(server), list[RecordedEvent](), asyncio.Event()

    async def late_head() -> Position | None:
        await read.wait()
        return (await other.append("order-1", events(1), NO_STREAM)).position

    monkeypatch.setattr(store._watch, "_head", late_head)
    subscriber = asyncio.create_task(followed(store, found))
    await until(lambda: store._watch._task is not None)
    assert await store.read_all() == []  # as the subscriber, who asked first, has read too
    read.set()
    await until(lambda: len(found) == 1)
    subscriber.cancel()
    await other.close()


async def test_a_subscription_outlives_its_server(server: DevelopmentServer, store: EventStoreDb) -> None:
    found: list[RecordedEvent] = []
    subscriber = asyncio.create_task(followed(store, found))
    await store.append("order-1", events(1), NO_STREAM)
    await until(lambda: len(found) == 1)
    await server.stop()
    with pytest.raises(StoreError, match="does not answer"):
        await store.append("order-2", events(1), NO_STREAM)
    await server.start()
    await at_last(lambda: store.append("order-3", events(1), NO_STREAM))
    await until(lambda: len(found) == 2)
    assert streams(found) == ["order-1", "order-3"]
    subscriber.cancel()


async def test_a_server_that_comes_later_is_found(server: DevelopmentServer) -> None:
    await server.stop()
    store, found = opened(server), list[RecordedEvent]()
    subscriber = asyncio.create_task(followed_when_there(store, found))
    for attempt in (store.head, store.incarnation, store.read_all):
        with pytest.raises(StoreError, match=rf"^The event store at 127\.0\.0\.1:{server.port} does not answer: .+\.$"):
            await attempt()
    await server.start()
    await at_last(lambda: store.append("order-1", events(1), NO_STREAM))
    await until(lambda: streams(found) == ["order-1"])
    subscriber.cancel()
    await store.close()


async def followed_when_there(store: EventStoreDb, found: list[RecordedEvent]) -> None:
    while True:
        try:
            await followed(store, found)
        except StoreError:
            await asyncio.sleep(0.05)


async def test_a_cancelled_read_is_cancelled_and_not_cut_short(server: DevelopmentServer, store: EventStoreDb) -> None:
    await store.append("order-1", events(3), NO_STREAM)
    server.faults.delay = 2 * PATIENCE
    for read in (store.read("order-1"), store.read_all(), store.head()):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await read
    server.faults.delay = 0.0
    assert len(await store.read("order-1")) == 3


# --- whose store it is -------------------------------------------------------------------------------------


async def test_of_many_who_come_first_one_makes_the_store(server: DevelopmentServer) -> None:
    stores = [opened(server) for _ in range(8)]
    assert len(set(await asyncio.gather(*(store.incarnation() for store in stores)))) == 1
    assert len(server.log.records) == 1
    for store in stores:
        await store.close()


@pytest.mark.parametrize(
    ("tenant", "context", "sentence"),
    [
        ("other", "objects", "The event store belongs to tenant rochat, not to other."),
        ("rochat", "contracts", "The event store keeps the events of objects, not of contracts: give each context"),
    ],
)
async def test_a_store_of_another_is_refused(
    server: DevelopmentServer, store: EventStoreDb, tenant: str, context: str, sentence: str
) -> None:
    await store.incarnation()
    before = list(server.log.records)
    stranger = opened(server, tenant, context)
    for attempt in (stranger.incarnation(), stranger.append("order-1", events(1), NO_STREAM), stranger.read_all()):
        with pytest.raises(OtherTenant, match=sentence):
            await attempt
    assert server.log.records == before
    await stranger.close()


async def test_a_format_from_the_future_is_refused(server: DevelopmentServer, store: EventStoreDb) -> None:
    await store.incarnation()
    [first] = server.log.records
    later = json.dumps({**json.loads(first.data), "format": 2, "shelf": "left"}).encode()
    server.log.add([replace(first, position=server.log.end(), revision=1, data=later)])
    newer = opened(server)
    for attempt in (newer.incarnation(), newer.append("order-1", events(1), NO_STREAM)):
        with pytest.raises(NewerStore, match="has format 2, this program knows 1: update Carnet"):
            await attempt
    assert len(server.log.records) == 2
    await newer.close()


@pytest.mark.parametrize("version", ["22.10.5", "21.10.0", "5.0.11"])
async def test_a_server_too_old_is_refused_and_nothing_is_written(version: str) -> None:
    async with DevelopmentServer(version=version) as server:
        store = opened(server)
        with pytest.raises(StoreError, match=f"has version {version}; Carnet needs 23.10 or newer: update it"):
            await store.append("order-1", events(1), NO_STREAM)
        assert server.log.records == []
        await store.close()


async def test_a_login_is_asked_for_over_tls(tmp_path: Path) -> None:
    async with DevelopmentServer(login=("anna", "geheim"), tls=Tls.self_signed(tmp_path)) as server:
        store = opened(server)
        await store.append("order-1", events(1), NO_STREAM)
        stranger = EventStoreDb.open(server.uri.replace("geheim", "falsch"), tenant="rochat", context="objects")
        with pytest.raises(StoreError, match="refuses the login; check name and password in CARNET_STORE") as refused:
            await stranger.append("order-1", events(1), 0)
        assert "falsch" not in str(refused.value)
        assert len(await store.read_all()) == 1
        for each in (store, stranger):
            await each.close()


async def test_the_adapters_own_stream_takes_no_events(store: EventStoreDb) -> None:
    for attempt in (store.append("carnet.store", events(1), EXISTS), store.tombstone("carnet.store", EXISTS)):
        with pytest.raises(AppendRefused, match="says whose store this is"):
            await attempt


# --- contexts that share a server --------------------------------------------------------------------------


async def test_each_prefix_is_a_store_of_its_own(server: DevelopmentServer) -> None:
    ours, theirs = opened(server, prefix="dev.objects-"), opened(server, context="contracts", prefix="dev.contracts-")
    for n in range(40):
        await (ours if n % 3 else theirs).append(f"order-{n}", events(1), NO_STREAM)
    await ours.tombstone("order-1", 0)
    await theirs.append("last", events(1), NO_STREAM)
    mine = await ours.read_all()
    assert streams(mine) == [f"order-{n}" for n in range(40) if n % 3]
    assert (mine[-1].position, await ours.head()) == (await ours.head(), mine[-1].position)
    assert await ours.incarnation() != await theirs.incarnation()
    assert [len(await ours.read_all(limit=limit)) for limit in (1, 25, 26, 27)] == [1, 25, 26, 26]
    found: list[RecordedEvent] = []
    subscriber = asyncio.create_task(followed(ours, found))
    await until(lambda: len(found) == 26)
    await theirs.append("later", events(1), NO_STREAM)
    await ours.append("later", events(1), NO_STREAM)
    await until(lambda: len(found) == 27)
    subscriber.cancel()
    for store in (ours, theirs):
        await store.close()


async def test_a_subscription_that_hears_nothing_of_ours_still_moves_on(server: DevelopmentServer) -> None:
    ours, theirs = opened(server, prefix="a-"), opened(server, prefix="b-")
    subscriber = asyncio.create_task(followed(ours, []))
    appended = await theirs.append("order-1", events(200), NO_STREAM)
    await until(lambda: ours._watch._place is not None and ours._watch._place >= appended.position)
    server.faults.drop_subscriptions()
    subscriber.cancel()
    for store in (ours, theirs):
        await store.close()


# --- addresses ---------------------------------------------------------------------------------------------

WRONG = [
    ("http://db:2113", "begins with esdb:// or kurrentdb://"),
    ("db:2113", "begins with esdb:// or kurrentdb://"),
    ("the_store:geheim@db:2113", "begins with esdb:// or kurrentdb://"),
    ("geheim:anna@db:2113", "begins with esdb:// or kurrentdb://"),
    ("esdb://anna:geheim/7@db", "names no server"),
    ("esdb://anna:geheim\u2100@db", "is no address"),
    ("esdb://anna:geheim[@db", "is no address"),
    ("esdb://", "names no server"),
    ("esdb://anna:geheim@", "names no server"),
    ("esdb://db:port?Tls=false", "names no server"),
    ("esdb://a:1,,b:2?Tls=false", "names no server"),
    ("esdb://db:2113", "Username and password are required"),
    ("esdb://db?Tls=perhaps", "'perhaps' not one of: true, false"),
    ("esdb://db?Tls=false&Speed=9", "Unknown field in connection query string: SPEED"),
    ("esdb://db?Tls=false&DefaultDeadline=soon", "DefaultDeadline and KeepAliveInterval are numbers"),
    ("esdb://anna:geheim@db?TlsCaFile=/nowhere/ca.crt", "No such file"),
    ("esdb+discover://anna:geheim@a,b", "More than one target specified"),
]


@pytest.mark.parametrize(("uri", "sentence"), WRONG, ids=[row[0] for row in WRONG])
def test_an_address_that_makes_no_sense_is_one_sentence(uri: str, sentence: str) -> None:
    with pytest.raises(BadSettings) as refused:
        EventStoreDb.open(uri, tenant="rochat", context="objects")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("CARNET_STORE")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("prefix", ["$all", "a b", "-a", "a" * 129, "é"])
def test_a_prefix_is_plain(prefix: str) -> None:
    with pytest.raises(BadSettings, match="CARNET_STORE_PREFIX is letters, digits"):
        EventStoreDb.open("esdb://db?Tls=false", tenant="rochat", context="objects", prefix=prefix)


def test_keep_alive_and_deadline_are_set_unless_the_address_says_them() -> None:
    plain, said = Address.parse("kurrentdb://db?Tls=false"), Address.parse("esdb://db?tls=false&keepaliveinterval=5000")
    assert (plain.deadline, plain.keep_alive, said.keep_alive) == (10.0, 10_000, 5_000)
    options = dict(said.client().grpc_options)
    assert (options["grpc.keepalive_time_ms"], options["grpc.keepalive_timeout_ms"]) == (5_000, 10_000)


def test_a_cluster_may_be_named_by_all_its_nodes() -> None:
    address = Address.parse("kurrentdb://anna:geheim@a:2113,b,c.example:2114")
    assert address.targets == "a:2113,b,c.example:2114"
    assert "geheim" not in repr(address)
    address.client()


async def test_a_cluster_of_one_is_discovered(server: DevelopmentServer) -> None:
    uri = f"esdb+discover://127.0.0.1:{server.port}?Tls=false"
    store = EventStoreDb.open(uri, tenant="rochat", context="objects")
    await store.append("order-1", events(1), NO_STREAM)
    assert await store.head() is not None
    await store.close()


# --- the development server itself -------------------------------------------------------------------------


async def test_the_development_server_keeps_its_events_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    async with DevelopmentServer(Log(file)) as server:
        store = opened(server)
        await store.append("order-1", events(3), NO_STREAM)
        await store.tombstone("order-1", 2)
        before, incarnation = await store.read_all(), await store.incarnation()
        await store.close()
        server.log.close()
    async with DevelopmentServer(Log(file)) as again:
        store = opened(again)
        assert (await store.read_all(), await store.incarnation()) == (before, incarnation)
        with pytest.raises(StoreError, match="closed for good"):
            await store.read("order-1")
        await store.close()


async def test_positions_of_the_development_server_have_gaps(store: EventStoreDb) -> None:
    await store.append("order-1", events(3), NO_STREAM)
    positions = [event.position for event in await store.read_all()]
    assert all(later - earlier > 1 for earlier, later in pairwise(positions))
    assert await store.read_all(Position(positions[0])) == (await store.read_all())[1:]
