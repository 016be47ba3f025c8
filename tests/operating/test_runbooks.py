"""Each runbook, followed from its first command to its last on services that are in its situation."""

import asyncio
import json
import os
import re
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import toy
import yaml
from engines.eventstore.server import DevelopmentServer
from engines.ports import free_port
from engines.processes import Replica
from fastapi import FastAPI

from carnet.events.catalogue import CATALOGUE
from carnet.events.objects import TaskDone, TaskRaised
from carnet.kernel import service as services
from carnet.kernel.bus.port import Message
from carnet.kernel.codec import Codec
from carnet.kernel.context import Context
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import CONTEXTS, service
from carnet.kernel.trial import Trial
from operating.night import HOST, Night
from operating.pages import DOCS, RUNBOOKS, Page
from operating.reader import Reader

OVER = "How to see that it is over"
SEE = "How to see it"
DO = "What to do"
ALERTS = DOCS.parent / "deploy/observability/alerts/carnet.yml"
TOPIC = "carnet.objects.v1"
LAMP = TaskRaised(task_id="a", object_id="a", text="40", raised_on=toy.NEW_YEAR)
PUT_OUT = TaskDone(task_id="a", object_id="a", done_on=toy.NEW_YEAR)

At = Callable[..., Night]


@pytest.fixture
def at(tmp_path: Path) -> At:
    """Give a night with a page on it."""
    return lambda page, **settings: Night(tmp_path, page, settings)


async def light(suite: Trial, watts: int) -> str:
    answer = await suite.post("/objects/lamps", {"watts": watts})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def until(suite: Trial, path: str, wanted: Callable[[Any], bool]) -> Any:
    """Ask until the answer is as wanted; pytest's own patience ends it."""
    while not wanted(answer := (await suite.get(path)).json()):  # noqa: ASYNC110  # an answer rings no bell
        await asyncio.sleep(0.02)
    return answer


def all_five(folder: Path, **settings: Any) -> Mapping[str, FastAPI]:
    """Make the toys, and services that have nothing to do in place of the other three."""
    idle = (Context(name, name, Codec(), lambda _: None) for name in CONTEXTS)
    services = {each.name: service(each, toy.settings_in(folder, **settings)) for each in idle}
    return services | toy.toys(folder, **settings)


def held(answer: str, reason: str) -> list[dict[str, Any]]:
    return [each for each in json.loads(answer) if each["reason"] == reason]


async def tasks(suite: Trial) -> dict[str, tuple[str, bool]]:
    rows = await suite.runtime("dispatch").query(toy.all_rows(toy.Task))
    return {row["task"]: (row["text"], row["done"]) for row in rows}


async def test_dead_letter(at: At) -> None:
    night = at("dead-letter")
    async with night.served() as suite:
        mended, never = await light(suite, -2), await light(suite, -2)
        await suite.post(f"/objects/lamps/{never}/out")
        await until(suite, "/dispatch/ops/dead-letters", lambda letters: len(letters) == 2)
        streams = [f"lamp-{lamp}" for lamp in (mended, never)]
        await night.reader.follow(SEE, STREAM=streams[0])
        listed = {each["stream"]: each for each in (await suite.get("/dispatch/ops/dead-letters")).json()}
        letters = [json.dumps(listed[stream]) for stream in streams]
        projector = suite.runtime("dispatch").projectors[0]
        with patch.object(projector, "model", replace(projector.model, changes=lambda _: ())):
            await night.reader.follow("If the cause is gone", LETTER=letters[0])
            await until(suite, "/dispatch/ops/waiting", lambda behind: streams[0] not in str(behind))
        await night.reader.follow("If it shall never be taken in", LETTER=letters[1])
        decided = await night.reader.follow(OVER)
        assert ["skipped" in each["note"] for each in json.loads(decided)] == [True, False]
        assert await tasks(suite) == {never: ("", True)}
    assert night.reader.has_followed_all()


async def test_waiting_overdue(at: At) -> None:
    night = at("waiting-overdue")
    async with night.served(all_five) as suite:
        comes = await light(suite, 13)
        await until(suite, "/dispatch/ops/waiting", bool)
        an_hour_ago = "UPDATE carnet_held SET since = '2026-01-01T00:00:00.000000+00:00'"
        database = suite.runtime("dispatch").engines.database
        await database.write(lambda c: c.exec_driver_sql(an_hour_ago))
        (waits,) = held(await night.reader.follow(SEE), "waiting")
        assert (waits["stream"], waits["note"]) == (f"lamp-{comes}", "the permit")
        assert "{'dispatch: a lamp is noted': {'waiting': 1}}" in await night.reader.follow(DO)
        await night.reader.follow("If the fact will never come", LETTER=json.dumps(waits))
        await night.reader.follow(OVER)
    assert night.reader.has_followed_all()


async def test_gap_open(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "GAP_SECONDS", 0.0)
    night = at("gap-open", peers=f"http://{HOST}:{free_port()}")  # where nobody answers
    async with night.served() as suite:
        await pause(suite)
        lamp = await light(suite, 40)
        await suite.post(f"/objects/lamps/{lamp}/out")
        await lose_the_first(suite.runtime("objects"), f"lamp-{lamp}")
        await until(suite, "/dispatch/ops/waiting", lambda all_held: any("fails" in h["note"] for h in all_held))
        gaps = held(await night.reader.follow(SEE), "gap")
        assert {(gap["stream"], gap["topic"]) for gap in gaps} == {(f"lamp-{lamp}", TOPIC)}
        assert "Revision 0 has not come, and its producer's feed fails: " in gaps[0]["note"]
        await suite.post("/objects/ops/relay/resume")
        await night.reader.follow(DO, STREAM=gaps[0]["stream"])
        await night.reader.follow(OVER)
        assert await tasks(suite) == {lamp: ("40", True)}
    assert night.reader.has_followed_all()


async def lose_the_first(producer: Runtime, stream: str) -> None:
    """Publish all of a stream but its first event, as a bus does that has lost it."""
    _, *others = await producer.publication.of_stream(producer.engines.store, stream)
    await producer.engines.bus.publish(TOPIC, [Message(e.subject, e.data, e.headers()) for e in others])


async def test_relay_lag(at: At) -> None:
    night = at("relay-lag")
    async with night.served() as suite:
        await light(suite, 40)
        await suite.settle()
    copy = shutil.copytree(night.folder / "objects", night.folder / "copy")
    night.reader.told["CONTEXT"] = "objects"
    async with night.served() as suite:
        await until(suite, "/objects/ops/status", lambda s: s["relayed"] is not None)
        await pause(suite)
        await light(suite, 41)
        status = json.loads(await night.reader.follow(SEE))
        assert (status["relay_paused"], status["head"] > status["relayed"]) == (True, True)
        await night.reader.follow("If somebody paused it")
        await night.reader.follow(OVER)
    for file in (night.folder / "objects").glob("events.db*"):
        file.unlink()
    for file in copy.glob("events.db*"):
        shutil.copy(file, night.folder / "objects")
    async with night.served() as suite:
        await until(suite, "/objects/ops/status", lambda s: "it was restored" in s["relay_trouble"])
    await night.reader.follow("If the store was put back")
    async with night.served() as suite:
        await night.reader.follow(OVER)
        await suite.settle()
        assert [text for text, _ in (await tasks(suite)).values()] == ["40"]
    assert night.reader.has_followed_all()


async def pause(suite: Trial) -> None:
    """Pause the relay of objects, as soon as this process relays."""
    while (await suite.post("/objects/ops/relay/pause")).is_error:  # noqa: ASYNC110  # nor does a lease
        await asyncio.sleep(0.02)


async def test_read_model_age(at: At) -> None:
    night = at("read-model-age")
    night.reader.told["MODEL"] = "dispatch.tasks"
    async with night.served() as suite:
        lamp = await light(suite, 40)
        await suite.settle()
        database = suite.runtime("dispatch").engines.database
        await database.write(lambda c: c.exec_driver_sql("DROP TABLE toy_task"))
        await suite.post(f"/objects/lamps/{lamp}/out")
        await until(suite, "/dispatch/health/ready", lambda ready: "no such table: toy_task" in str(ready["reasons"]))
        await night.reader.follow(SEE)
        status = (await suite.get("/dispatch/ops/status")).json()
        assert {each["name"]: each["lag"] for each in status["consumers"]}["dispatch.tasks"] == 1
        await night.reader.follow(DO)
        await night.reader.follow(OVER)
        assert await tasks(suite) == {lamp: ("40", True)}
    assert night.reader.has_followed_all()


async def test_not_ready(at: At) -> None:
    async with DevelopmentServer() as server:
        night = at("not-ready", store=server.uri, store_prefix="night.")
        await server.stop()
        async with night.served(all_five) as suite:
            await night.reader.follow(SEE)
            await night.reader.follow(DO)
            await server.start()
            await night.reader.follow(OVER)
            await light(suite, 41)
            await server.stop()
            await night.reader.follow("If it says that it is ready")
    assert night.reader.has_followed_all()


async def test_failing_commands(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    async with DevelopmentServer() as server:
        night = at("failing-commands", store=server.uri, store_prefix="night.")
        night.reader.told["CONTEXT"] = "objects"
        async with night.served() as suite:
            await server.stop()
            assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 503
            await server.start()
            with monkeypatch.context() as release:
                release.setattr(Runtime, "handle", has_a_bug)
                failed = await suite.post("/objects/lamps", {"watts": 40})
            assert failed.status_code == 500
            await night.reader.follow(SEE)
            line = json.loads((await night.reader.follow(DO)).splitlines()[-1])
            assert (line["correlation"], line["path"]) == (failed.json()["correlation"], "/objects/lamps")
            await night.reader.follow(OVER)
            await light(suite, 40)
    assert night.reader.has_followed_all()


async def has_a_bug(*_: Any, **__: Any) -> None:
    raise ZeroDivisionError("a bug")


async def test_slow_commands(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    night = at("slow-commands")
    night.reader.told["CONTEXT"] = "objects"
    async with night.served() as suite:
        with monkeypatch.context() as disk:
            disk.setattr(Runtime, "handle", after_a_second)
            await light(suite, 40)
        in_time = 'carnet_command_seconds_bucket{le="0.5",outcome="accepted"} 0.0'
        assert in_time in (await suite.client.get("/objects/metrics")).text
        await night.reader.follow(SEE)
        await night.reader.follow(DO)
        await night.reader.follow(OVER)
    assert night.reader.has_followed_all()


HANDLE = Runtime.handle


async def after_a_second(*asked: Any, **more: Any) -> Any:
    await asyncio.sleep(1.0)
    return await HANDLE(*asked, **more)


async def test_stream_too_long(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carnet.kernel.runtime.LONG", 3)
    night = at("stream-too-long")
    night.reader.told["CONTEXT"] = "objects"
    async with night.served() as suite:
        lamp = await light(suite, 40)
        for _ in range(4):
            await suite.post(f"/objects/lamps/{lamp}/dim")
        line = json.loads(await night.reader.follow(SEE))
        assert (line["stream"], line["events"]) == (f"lamp-{lamp}", 5)
        await night.reader.follow(DO, STREAM=line["stream"])
        await night.reader.follow(OVER)
    assert night.reader.has_followed_all()


async def test_unknown_events(at: At) -> None:
    night = at("unknown-events")
    known = {name: fact for name, fact in CATALOGUE.items() if fact is not TaskDone}
    with patch("carnet.kernel.consumer.CATALOGUE", known):
        async with night.served(earlier_release) as suite:
            await suite.publish("object-a", LAMP, PUT_OUT)
            await suite.settle()
            await night.reader.follow(SEE)
            assert await tasks(suite) == {"a": ("40", False)}
    async with night.served() as suite:
        await night.reader.follow(OVER)
        assert await tasks(suite) == {"a": ("40", True)}
    assert night.reader.has_followed_all()


def earlier_release(folder: Path, **settings: Any) -> Mapping[str, FastAPI]:
    """Make services of which dispatch is of a release that knows of no lamp that is put out."""
    model = replace(toy.task_model, hears=(TaskRaised,))
    earlier = replace(toy.dispatch, read_models=(model,))
    return {
        **toy.toys(folder, **settings),
        "dispatch": service(earlier, toy.settings_in(folder, **settings)),
    }


async def test_unreadable(at: At) -> None:
    night = at("unreadable")
    async with night.served() as suite:
        lamp = await light(suite, 40)
        await suite.settle()
        await suite.runtime("objects").engines.bus.publish(TOPIC, [Message("somebody", b"hello", {})])
        await suite.settle()
        await night.reader.follow(SEE)
        await night.reader.follow(DO)
        await night.reader.follow(OVER)
        assert await tasks(suite) == {lamp: ("40", False)}
    assert night.reader.has_followed_all()


async def test_down(at: At) -> None:
    night = at("down")
    dispatch = Replica("dispatch", night.folder, {"PATH": os.environ["PATH"]}, night.log)
    dispatch.start()
    dispatch.wait_until_ready()
    dispatch.kill()
    night.reader.told |= {"FRONT": f"http://{HOST}:{dispatch.port}", "PORT": str(dispatch.port)}
    await night.reader.follow(SEE)
    started = int((await night.reader.follow(DO)).splitlines()[-1])
    try:
        await night.reader.follow(OVER)
    finally:
        with suppress(ProcessLookupError):
            os.kill(started, signal.SIGTERM)
    assert night.reader.has_followed_all()


async def test_before_you_begin(at: At) -> None:
    night = at("README")
    await night.reader.follow("Before you begin")
    assert night.reader.has_followed_all()


def test_the_index_names_each_alert_with_its_page_and_how_soon() -> None:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    rows = [line for line in (RUNBOOKS / "README.md").read_text().splitlines() if line.startswith("| `Carnet")]
    assert len(rows) == len(alerts)
    for alert in alerts:
        (row,) = (each for each in rows if f"`{alert['alert']}`" in each)
        assert f"]({Path(alert['annotations']['runbook']).name}) | {alert['labels']['severity']} |" in row


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("[a-z]*.md")), ids=lambda page: page.stem)
def test_a_page_is_tried_and_stands_in_the_index(page: Path) -> None:
    assert f"test_{page.stem.replace('-', '_')}" in globals()
    assert f"]({page.name})" in (RUNBOOKS / "README.md").read_text()
    assert {SEE, OVER} <= Page(page).sections.keys()
    assert "\n## When to stop\n" in page.read_text()


@pytest.mark.parametrize("page", [DOCS / "operations.md", *RUNBOOKS.glob("*.md")], ids=lambda page: page.stem)
def test_what_a_page_refers_to_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


async def test_a_command_that_answers_otherwise_than_the_page_says_is_found(tmp_path: Path) -> None:
    (page := tmp_path / "page.md").write_text("## Here\n\n```sh\necho one\n```\n\nAnswers `one` and `two`.\n")
    with pytest.raises(AssertionError, match=r"without \['two'\]"):
        await Reader(Page(page), tmp_path).follow("Here")
