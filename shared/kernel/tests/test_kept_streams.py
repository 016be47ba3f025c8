"""A stream that is long by design is read once by a process; what is kept of it decides as the whole stream does."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy import Command, Dimmed, Event, Lit, Noted, PutOut, lamps, notebook

from carnet.kernel import kept, streams
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import EXISTS, NO_STREAM, Appended, Expected, NewEvent, RecordedEvent, WrongRevision
from carnet.kernel.streams import Category, KeyReused, Stream
from carnet.kernel.testing import Counting

Texts = tuple[str, ...]
ANNA = Because("anna", "c")
KEYED = Because("anna", "c", key="k1", body_hash="h1")
REACTION = Because("reaction", "c", causation="a lamp is noted|/carnet/t/x/1|order-1|3")
diary = replace(notebook, name="diary", long=True)


@pytest.fixture(autouse=True, scope="module")
def _short_is_long() -> Iterator[None]:
    """Keep streams of four events and more, and read four of them a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "WORTH", 3)
        patch.setattr(streams, "PAGE", 4)
        yield


class Slow(Counting):
    """One at which commands meet, and which can be put back to nothing."""

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        await asyncio.sleep(0)
        return await super().read(stream, after, limit)

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        await asyncio.sleep(0)
        return await super().append(stream, events, expected)

    def put_back(self) -> None:
        self._streams, self._all = {}, []


@pytest.fixture
def store() -> Slow:
    return Slow()


def page_of(store: MemoryEventStore, name: str = "diary-a") -> Stream[Noted, Texts, Noted]:
    return Stream(store, diary, name)


async def write(store: MemoryEventStore, *texts: str, because: Because = ANNA, name: str = "diary-a") -> Texts:
    """Note texts, each by a command of its own; give what the stream comes to."""
    for text in texts:
        outcome = await page_of(store, name).handle(Noted(text=text), because)
    return outcome.state


async def elsewhere(store: MemoryEventStore, *texts: str) -> None:
    """Append as another process does."""
    for text in texts:
        await store.append("diary-a", [NewEvent(uuid4(), *diary.codec.encode(Noted(text=text)))], EXISTS)


async def events_read(store: Slow, text: str, name: str = "diary-a") -> int:
    """Give how many events one command reads."""
    before = store.read_events
    await write(store, text, name=name)
    return store.read_events - before


async def test_a_command_reads_the_last_known_event_and_what_came_since(store: Slow) -> None:
    await write(store, *"abcdefghij")
    assert await events_read(store, "k") == 2
    await elsewhere(store, "l")
    assert await events_read(store, "m") == 3
    assert await page_of(store).state() == tuple("abcdefghijklm")


async def test_what_is_no_longer_than_worth_is_read_as_any_stream(store: Slow) -> None:
    await write(store, *"abc")
    assert await events_read(store, "d") == 3
    assert kept.kept(store).streams == {}


async def test_a_stream_that_keys_bound_is_not_kept(store: Slow) -> None:
    short = Stream(store, notebook, "notebook-a")
    for text in "abcdefgh":
        await short.handle(Noted(text=text), ANNA)
    assert await short.state() == tuple("abcdefgh")
    assert kept.kept(store).streams == {}


@pytest.mark.parametrize("because", [KEYED, REACTION])
async def test_a_repeat_answers_its_first_result_and_folds_nothing_again(store: Slow, because: Because) -> None:
    await write(store, *"abcd")
    first = await page_of(store).handle(Noted(text="e"), because)
    await write(store, *"fghij")
    before = store.read_events
    again = await page_of(store).handle(Noted(text="e"), because)
    assert (again.revision, again.position, again.events) == (first.revision, first.position, list(first.events))
    assert (again.repeated, again.state) == (True, tuple("abcdefghij"))
    assert store.read_events - before == 3
    assert len(await store.read("diary-a")) == 10


async def test_a_repeat_is_found_that_another_process_caused(store: Slow) -> None:
    await write(store, *"abcd")
    both = [Noted(text="e"), Noted(text="f")]
    new = [NewEvent(uuid4(), *diary.codec.encode(each), REACTION.metadata()) for each in both]
    await store.append("diary-a", new, EXISTS)
    again = await page_of(store).handle(Noted(text="e"), REACTION)
    assert (again.repeated, again.revision, again.events) == (True, 5, both)


async def test_a_key_with_another_body_is_refused(store: Slow) -> None:
    await write(store, *"abcd")
    await write(store, "e", because=KEYED)
    await write(store, "f")
    with pytest.raises(KeyReused):
        await write(store, "g", because=replace(KEYED, body_hash="h2"))


async def test_an_if_match_of_yesterday_is_refused(store: Slow) -> None:
    await write(store, *"abcdef")
    with pytest.raises(WrongRevision):
        await page_of(store).handle(Noted(text="g"), ANNA, expected=4)
    assert (await page_of(store).handle(Noted(text="g"), ANNA, expected=5)).revision == 6


async def test_commands_at_once_fold_each_event_once(store: Slow) -> None:
    await write(store, *"abcd")
    await asyncio.gather(*(write(store, text) for text in "efgh"))
    on_the_stream = [diary.decode(event).text for event in await store.read("diary-a")]
    assert sorted(on_the_stream) == sorted("abcdefgh")
    assert await page_of(store).state() == tuple(on_the_stream)


@pytest.mark.parametrize("length", [3, 7, 12])
async def test_a_store_that_was_put_back_is_read_anew(store: Slow, length: int) -> None:
    await write(store, *"abcdefg")
    store.put_back()
    texts = [str(n) for n in range(length)]
    others = [NewEvent(uuid4(), *diary.codec.encode(Noted(text=text))) for text in texts]
    await store.append("diary-a", others, NO_STREAM)
    assert await write(store, "new") == (*texts, "new")


async def test_causes_of_a_store_that_was_put_back_are_forgotten(store: Slow) -> None:
    await write(store, *"abcd")
    await write(store, "e", because=KEYED)
    store.put_back()
    outcome = await page_of(store).handle(Noted(text="e"), KEYED)
    assert (outcome.repeated, outcome.revision, outcome.state) == (False, 0, ("e",))


async def test_those_that_were_not_used_for_longest_are_let_go(store: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 11)
    for name in ("diary-a", "diary-b", "diary-a", "diary-c"):
        await write(store, *"abcde", name=name)
    assert list(kept.kept(store).streams) == ["diary-a", "diary-c"]
    assert kept.kept(store).events == sum(each.revision for each in kept.kept(store).streams.values())
    assert await events_read(store, "f", "diary-c") == 2
    assert await events_read(store, "f", "diary-b") > 5


async def test_the_one_in_use_is_kept_however_long_it_is(store: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 5)
    await write(store, *"abcdefghij")
    assert await events_read(store, "k") == 2


@dataclass(frozen=True)
class Step:
    """One thing that happens to a lamp: a command with its reason and If-Match, or another process's event."""

    command: Command
    because: Because = ANNA
    expected: int | None = None
    is_elsewhere: bool = False


COMMANDS = st.sampled_from([Lit(lamp="a", watts=1), Dimmed(lamp="a"), PutOut(lamp="a")])
CAUSES = st.sampled_from([ANNA, ANNA, KEYED, replace(KEYED, body_hash="h2"), replace(KEYED, key="k2"), REACTION])
STEPS = st.builds(Step, COMMANDS, CAUSES, st.sampled_from([None, None, None, 2, 4, 6]), st.booleans())


@given(st.lists(STEPS, max_size=25))
async def test_what_is_kept_decides_as_the_whole_stream_does(steps: list[Step]) -> None:
    read_whole, read_once = MemoryEventStore(), MemoryEventStore()
    for step in steps:
        assert await answer(read_once, replace(lamps, long=True), step) == await answer(read_whole, lamps, step)
    assert await recorded(read_once) == await recorded(read_whole)


async def answer(store: MemoryEventStore, category: Category[Command, bool, Event], step: Step) -> Any:
    """Give what a step leads to, as far as two stores can agree on it."""
    if step.is_elsewhere:
        new = [NewEvent(uuid4(), *lamps.codec.encode(step.command), step.because.metadata())]
        length = len(await store.read("lamp-a"))
        return await store.append("lamp-a", new, length - 1 if length else NO_STREAM)
    try:
        return await Stream(store, category, "lamp-a").handle(step.command, step.because, step.expected)
    except (Rejected, KeyReused, WrongRevision) as error:
        return type(error), str(error)


async def recorded(store: MemoryEventStore) -> list[Any]:
    return [(each.type, each.data, dict(each.metadata)) for each in await store.read("lamp-a")]
