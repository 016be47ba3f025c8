"""The road of a command: decided at the head, once in effect, again on a conflict, never against an If-Match."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from toy import Command, Dimmed, Event, Lit, lamps

from carnet.events.objects import TaskDone
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import Appended, Expected, NewEvent, WrongRevision
from carnet.kernel.streams import KeyReused, Stream

LIGHT = Lit(lamp="a", watts=40)
REACTION = Because("reaction", "c", causation="a lamp is lit|/carnet/t/x/1|order-1|3")
KEYED = Because("anna", "c", key="k1", body_hash="h1")


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


def lamp(store: MemoryEventStore) -> Stream[Command, bool, Event]:
    return Stream(store, lamps, "lamp-a")


async def test_a_command_is_one_append_with_its_reason(store: MemoryEventStore) -> None:
    outcome = await lamp(store).handle(LIGHT, KEYED)
    (event,) = await store.read("lamp-a")
    assert (outcome.revision, outcome.state, outcome.events) == (0, True, [LIGHT])
    assert event.metadata == {"actor": "anna", "correlation": "c", "key": "k1", "body_hash": "h1"}


async def test_a_decision_without_events_appends_nothing(store: MemoryEventStore) -> None:
    await lamp(store).handle(LIGHT, Because("anna", "c"))
    outcome = await lamp(store).handle(LIGHT, Because("anna", "c"))
    assert (outcome.revision, outcome.events) == (0, ())
    assert len(await store.read("lamp-a")) == 1


@pytest.mark.parametrize("because", [REACTION, KEYED])
async def test_the_same_cause_answers_its_first_result(store: MemoryEventStore, because: Because) -> None:
    await lamp(store).handle(LIGHT, Because("anna", "c"))
    first = await lamp(store).handle(Dimmed(lamp="a"), because)
    await lamp(store).handle(Dimmed(lamp="a"), Because("anna", "c"))
    again = await lamp(store).handle(Dimmed(lamp="a"), because)
    assert (again.revision, again.events, again.repeated) == (first.revision, first.events, True)
    assert len(await store.read("lamp-a")) == 3


async def test_a_key_with_another_body_is_refused(store: MemoryEventStore) -> None:
    await lamp(store).handle(LIGHT, KEYED)
    with pytest.raises(KeyReused, match="another body"):
        await lamp(store).handle(LIGHT, Because("anna", "c", key="k1", body_hash="h2"))


async def test_refusals_are_not_remembered(store: MemoryEventStore) -> None:
    with pytest.raises(Rejected):
        await lamp(store).handle(Dimmed(lamp="a"), KEYED)
    await lamp(store).handle(LIGHT, Because("anna", "c"))
    assert (await lamp(store).handle(Dimmed(lamp="a"), KEYED)).revision == 1


async def test_steps_of_one_cause_are_recognised_apart(store: MemoryEventStore) -> None:
    await lamp(store).handle(LIGHT, REACTION.step("light"))
    await lamp(store).handle(Dimmed(lamp="a"), REACTION.step("dim"))
    await lamp(store).handle(Dimmed(lamp="a"), REACTION.step("dim"))
    assert len(await store.read("lamp-a")) == 2


async def test_an_event_id_follows_from_its_cause() -> None:
    ids = {REACTION.event_id("lamp-a", 0), REACTION.event_id("lamp-a", 0), KEYED.event_id("lamp-a", 0)}
    assert len(ids) == 2
    assert Because("anna", "c").event_id("lamp-a", 0) != Because("anna", "c").event_id("lamp-a", 0)


class Contended(MemoryEventStore):
    """A store in which another writer comes first, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        if self.times > 0:
            self.times -= 1
            await super().append(stream, [NewEvent(uuid4(), "dimmed.v1", b'{"lamp":"a"}')], expected)
        return await super().append(stream, events, expected)


async def test_a_conflict_is_decided_again_on_what_is_new() -> None:
    outcome = await lamp(Contended(4)).handle(LIGHT, Because("anna", "c"))
    assert outcome.events == ()  # whoever came first has lit it


async def test_after_five_conflicts_the_caller_hears_of_it() -> None:
    store = Contended(0)
    await lamp(store).handle(LIGHT, Because("anna", "c"))
    store.times = 5
    with pytest.raises(WrongRevision):
        await lamp(store).handle(Dimmed(lamp="a"), Because("anna", "c"))
    store.times = 4
    assert (await lamp(store).handle(Dimmed(lamp="a"), Because("anna", "c"))).revision == 10


async def test_an_if_match_is_never_decided_again() -> None:
    store = Contended(0)
    await lamp(store).handle(LIGHT, Because("anna", "c"))
    store.times = 1
    with pytest.raises(WrongRevision):
        await lamp(store).handle(Dimmed(lamp="a"), Because("anna", "c"), expected=0)
    with pytest.raises(WrongRevision):
        await lamp(store).handle(Dimmed(lamp="a"), Because("anna", "c"), expected=0)


@pytest.mark.parametrize("text", ["a\x00", "\\\x00"])
async def test_a_text_that_no_database_keeps_is_refused(store: MemoryEventStore, text: str) -> None:
    with pytest.raises(Rejected, match="NUL"):
        await lamp(store).handle(Lit(lamp=text, watts=1), Because("anna", "c"))


@pytest.mark.parametrize("text", ["a\\u0000", "\\\\u0000"])
async def test_a_text_that_only_looks_so_is_kept(store: MemoryEventStore, text: str) -> None:
    outcome = await lamp(store).handle(Lit(lamp=text, watts=1), Because("anna", "c"))
    assert outcome.revision == 0


async def test_what_cannot_be_published_is_not_recorded(store: MemoryEventStore) -> None:
    def publish(event: Event) -> TaskDone:
        return TaskDone.model_validate({"task_id": event.lamp})

    with pytest.raises(Rejected, match="This cannot be told to the others: "):
        await Stream(store, lamps, "lamp-a", publish).handle(LIGHT, KEYED)
    assert await store.read("lamp-a") == []
