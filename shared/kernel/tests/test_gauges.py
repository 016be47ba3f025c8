"""What Prometheus is told of a service whose relay, consumers or engines do not go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from engines.postgres import DatabaseOf
from prometheus_client.parser import text_string_to_metric_families
from toy import NEW_YEAR, Task, all_rows, objects, settings_in, toys

from carnet.events.objects import TaskRaised
from carnet.kernel import gauges
from carnet.kernel import service as starting_services
from carnet.kernel.bus.port import BusUnavailable, Message
from carnet.kernel.service import service
from carnet.kernel.trial import Trial, published, trial

TOPIC, TASKS, NOTE = "carnet.objects.v1", "dispatch.tasks", "dispatch: a lamp is noted"
AN_AGE_AGO = "UPDATE carnet_held SET since = '2020-01-01T00:00:00.000000+00:00'"
FROM_THE_ENGINES = {
    "carnet_relay_lag_seconds",
    "carnet_consumer_lag",
    "carnet_read_model_age_seconds",
    "carnet_held",
    "carnet_held_oldest_seconds",
    "carnet_consumer_overdue",
    "carnet_parked",
}


@pytest.fixture
async def suite(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Trial]:
    async with trial(**toys(tmp_path, database_of)) as running:
        yield running


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Trial]:
    async with trial(**toys(folder)) as running:
        yield running


class Said(dict[tuple[str, ...], float]):
    """What an exposition says: a sample's name and the values of its labels, and its value."""

    def __call__(self, name: str, *labels: str) -> float:
        return self[name, *labels]

    def names(self) -> set[str]:
        return {name for name, *_ in self}


async def said(suite: Trial, context: str) -> Said:
    answer = await suite.get(f"/{context}/metrics", role=None)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return Said({(s.name, *s.labels.values()): s.value for family in families for s in family.samples})


async def until(suite: Trial, *sample: str) -> Said:
    """Wait until dispatch says a sample that is not 0."""
    while not (told := await said(suite, "dispatch")).get(sample):  # noqa: ASYNC110  # an exposition rings no bell
        await asyncio.sleep(0.01)
    return told


async def light(suite: Trial, watts: int) -> str:
    return str((await suite.post("/objects/lamps", {"watts": watts})).json()["id"])


async def test_all_that_can_be_known_in_advance_begins_at_zero(suite: Trial) -> None:
    await suite.settle()
    told = await said(suite, "dispatch")
    for counted in ("taken", "repeats", "gaps", "dead_letters", "unknown", "unreadable"):
        assert [told(f"carnet_consumer_{counted}_total", name) for name in (TASKS, NOTE)] == [0, 0]
    for reason in ("gap", "waiting", "dead", "behind"):
        assert [told("carnet_held", name, reason) for name in (TASKS, NOTE)] == [0, 0]
        assert told("carnet_held_oldest_seconds", reason) == 0
    assert [told("carnet_consumer_lag", name) for name in (TASKS, NOTE)] == [0, 0]
    assert [told("carnet_consumer_overdue", name) for name in (TASKS, NOTE)] == [0, 0]
    assert (told("carnet_read_model_age_seconds", TASKS), told("carnet_relay_lag_seconds")) == (0, 0)
    assert (told("carnet_parked"), told("carnet_ready")) == (0, 1)
    assert told("process_resident_memory_bytes") > 0


async def test_the_relays_lag_grows_while_nothing_is_relayed(suite: Trial) -> None:
    await suite.post("/objects/ops/relay/pause")
    await light(suite, 40)
    first, second = [(await said(suite, "objects"))("carnet_relay_lag_seconds") for _ in range(2)]
    assert 0 < first < second
    await suite.post("/objects/ops/relay/resume")
    await suite.settle()
    told = await said(suite, "objects")
    assert told("carnet_relay_lag_seconds") == 0
    assert told("carnet_append_to_ack_seconds_count") == told("carnet_relay_published_total") == 1
    assert told("carnet_append_to_ack_seconds_sum") > 0


async def test_a_read_model_ages_with_the_first_event_that_it_has_not_taken_in(suite: Trial) -> None:
    await suite.settle()
    async with suite.runtime("dispatch").projectors[0].turn, suite.runtime("objects").projectors[0].turn:
        await light(suite, 40)
        await until(suite, "carnet_consumer_lag", TASKS)
        ages = [(await said(suite, "dispatch"))("carnet_read_model_age_seconds", TASKS) for _ in range(2)]
        own = await said(suite, "objects")
    assert 0 < ages[0] < ages[1]
    assert own("carnet_read_model_age_seconds", "objects.lamps") > 0
    assert own("carnet_consumer_lag", "objects.lamps") == 1
    await suite.settle()
    told = await said(suite, "dispatch")
    assert (told("carnet_read_model_age_seconds", TASKS), told("carnet_consumer_lag", TASKS)) == (0, 0)
    assert told("carnet_consumer_taken_total", TASKS) == 1


async def test_dead_letters_and_what_is_behind_them(suite: Trial) -> None:
    lamp = await light(suite, -2)
    await suite.post(f"/objects/lamps/{lamp}/out")
    await suite.settle()
    told = await said(suite, "dispatch")
    held = {reason: told("carnet_held", TASKS, reason) for reason in ("dead", "behind", "waiting", "gap")}
    assert held == {"dead": 1, "behind": 1, "waiting": 0, "gap": 0}
    assert told("carnet_consumer_dead_letters_total", TASKS) >= 1
    assert told("carnet_held_oldest_seconds", "dead") > 0
    assert told("carnet_read_model_age_seconds", TASKS) == 0
    await suite.runtime("dispatch").engines.database.write(lambda c: c.exec_driver_sql(AN_AGE_AGO))
    told = await said(suite, "dispatch")
    assert (told("carnet_held_oldest_seconds", "dead") > 86400, told("carnet_consumer_overdue", TASKS)) == (True, 0)


async def test_what_waits_is_overdue_after_an_hour(suite: Trial) -> None:
    await light(suite, 13)
    await suite.settle()
    told = await said(suite, "dispatch")
    assert (told("carnet_held", NOTE, "waiting"), told("carnet_consumer_overdue", NOTE)) == (1, 0)
    await suite.runtime("dispatch").engines.database.write(lambda c: c.exec_driver_sql(AN_AGE_AGO))
    told = await said(suite, "dispatch")
    assert told("carnet_consumer_overdue", NOTE) == 1
    assert told("carnet_held_oldest_seconds", "waiting") > 3600


async def test_a_gap_is_held(suite: Trial) -> None:
    raised = TaskRaised(task_id="a", object_id="a", text="1", raised_on=NEW_YEAR)
    await suite.publish("lamp-a", raised)
    suite.published[TOPIC, "lamp-a"] = 7
    await suite.publish("lamp-a", raised)
    told = await until(suite, "carnet_held", TASKS, "gap")
    assert told("carnet_held_oldest_seconds", "gap") > 0
    assert (told("carnet_consumer_gaps_total", TASKS), told("carnet_parked")) == (0, 0)


async def test_what_is_no_event_and_what_comes_again_is_counted(tmp_path: Path) -> None:
    async with embedded(tmp_path) as suite:
        await light(suite, 40)
        await suite.settle()
        await suite.runtime("dispatch").engines.bus.publish(TOPIC, [Message("x", b"nonsense")])
        await suite.post("/objects/ops/relay/republish")
        told = await until(suite, "carnet_consumer_repeats_total", TASKS)
    assert told("carnet_consumer_unreadable_total", TASKS) == 1


async def test_what_another_tenants_suite_tells_is_not_taken_in(tmp_path: Path) -> None:
    raised = TaskRaised(task_id="a", object_id="a", text="1", raised_on=NEW_YEAR)
    told_there = published("lamp-a", 0, -1, raised).model_copy(update={"source": "/carnet/trial/objects/1"})
    async with embedded(tmp_path) as suite:
        bus = suite.runtime("dispatch").engines.bus
        await bus.publish(TOPIC, [Message("lamp-a", told_there.data, told_there.headers())])
        await light(suite, 40)
        told = await until(suite, "carnet_consumer_unreadable_total", TASKS)
        await suite.settle()
        rows = await suite.runtime("dispatch").query(all_rows(Task))
    assert [row["text"] for row in rows] == ["40"]
    assert told("carnet_consumer_unreadable_total", TASKS) == 1


async def test_who_stands_by_says_the_same(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(trial(objects=service(objects, settings)))
        await first.settle()
        second = await stack.enter_async_context(trial(objects=service(objects, settings)))
        await first.post("/objects/ops/relay/pause")
        await light(second, -1)
        async with first.runtime("objects").projectors[0].turn:
            await light(first, 40)
            told = await said(second, "objects")
            assert told("carnet_relay_lag_seconds") > 0
            assert told("carnet_consumer_lag", "objects.lamps") == 1
            assert told("carnet_read_model_age_seconds", "objects.lamps") > 0
            assert told("carnet_ready") == 1
        await first.post("/objects/ops/relay/resume")
        await first.settle()
        settled = [
            {key: value for key, value in (await said(each, "objects")).items() if key[0] in FROM_THE_ENGINES}
            for each in (first, second)
        ]
        assert [each.pop(("carnet_held_oldest_seconds", "dead")) > 0 for each in settled] == [True, True]
        assert settled[0] == settled[1]
        assert settled[0]["carnet_held", "objects.lamps", "dead"] == 1


async def test_an_engine_that_fails_takes_its_own_gauges_with_it_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> int:
        raise BusUnavailable("Kafka cannot be reached.")

    async with embedded(tmp_path) as suite:
        await suite.settle()
        with monkeypatch.context() as patched:
            patched.setattr(suite.runtime("dispatch").engines.bus, "lag", away)
            told = await said(suite, "dispatch")
        assert FROM_THE_ENGINES - told.names() == {"carnet_consumer_lag", "carnet_read_model_age_seconds"}
        assert (await said(suite, "dispatch")).names() >= FROM_THE_ENGINES


async def test_an_engine_that_hangs_is_not_waited_for_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "PATIENCE", 0.2)
    asked, back = list[str](), asyncio.Event()

    async with embedded(tmp_path) as suite:
        store = suite.runtime("dispatch").engines.store
        head = store.head

        async def hangs() -> Any:
            asked.append("head")
            await back.wait()
            return await head()

        await suite.settle()
        monkeypatch.setattr(store, "head", hangs)
        for _ in range(3):
            assert "carnet_consumer_lag" not in (await said(suite, "dispatch")).names()
        assert asked == ["head"]
        back.set()
        monkeypatch.setattr(gauges, "PATIENCE", 60.0)
        assert "carnet_consumer_lag" in (await said(suite, "dispatch")).names()


async def test_before_the_engines_are_open_there_is_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def missing(*_: Any) -> Any:
        raise BusUnavailable("Kafka cannot be reached.")

    monkeypatch.setattr(starting_services, "open_engines", missing)
    async with embedded(tmp_path) as suite:
        told = await said(suite, "dispatch")
    assert told("carnet_ready") == 0
    assert told("carnet_command_seconds_count", "accepted") == 0
    assert told.names().isdisjoint(FROM_THE_ENGINES)
