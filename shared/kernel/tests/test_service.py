"""Two services on real engines: an event crosses from one to the other, once, whatever happens."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from engines.kafka import Kafka
from engines.postgres import DatabaseOf
from toy import Lamp, Lit, Task, all_rows, lamps, notebook, toys

from carnet.kernel.because import Because
from carnet.kernel.trial import Trial, trial

SIZES = [
    ("sqlite", "embedded", "embedded"),
    ("sqlite", "embedded", "kafka"),
    ("sqlite", "eventstore", "embedded"),
    ("postgresql", "eventstore", "embedded"),
]
pytestmark = pytest.mark.parametrize(("database_of", "store", "bus"), SIZES, indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that choose the event store: in the folder, or on a server that both contexts share."""
    if request.param == "embedded":
        return {}
    return {"store": request.getfixturevalue("eventstore"), "store_prefix": f"t{uuid4().hex[:12]}."}


@pytest.fixture
async def bus(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that choose the bus: in the folder, or a Kafka without topics."""
    if request.param == "embedded":
        return {}
    kafka: Kafka = request.getfixturevalue("kafka_server")
    await kafka.clean()
    return {"bus": kafka.uri}


@pytest.fixture
async def suite(
    tmp_path: Path, database_of: DatabaseOf, store: dict[str, str], bus: dict[str, str]
) -> AsyncIterator[Trial]:
    async with trial(**toys(tmp_path, database_of, **store, **bus)) as running:
        yield running


async def light(suite: Trial, watts: int, key: str | None = None) -> str:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await suite.post("/objects/lamps", {"watts": watts}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_command_is_seen_in_its_own_read_model_with_its_token(suite: Trial) -> None:
    answer = await suite.post("/objects/lamps", {"watts": 60})
    lamp, token = answer.json()["id"], answer.headers["Carnet-Token"]
    seen = await suite.get(f"/objects/lamps/{lamp}", params={"after": token})
    assert seen.json() == {"lamp": lamp, "watts": 60, "events": 1, "lit": True}
    assert "Carnet-Stale" not in seen.headers
    assert answer.headers["ETag"] == '"0"'


async def test_a_fact_crosses_to_the_other_context_and_a_reaction_answers_once(suite: Trial) -> None:
    lamp = await light(suite, 40)
    await suite.settle()
    there = suite.runtime("dispatch")
    assert await there.query(all_rows(Task)) == [{"task": lamp, "text": "40", "done": False}]
    assert await there.state(notebook, lamp) == ("40",)


async def test_everything_published_twice_changes_nothing(suite: Trial) -> None:
    lamp = await light(suite, 40)
    await suite.post(f"/objects/lamps/{lamp}/dim")
    await suite.post(f"/objects/lamps/{lamp}/out")
    await suite.settle()
    await suite.post("/objects/ops/relay/republish")
    await suite.settle()
    there = suite.runtime("dispatch")
    assert await there.query(all_rows(Task)) == [{"task": lamp, "text": "40", "done": True}]
    assert await there.state(notebook, lamp) == ("40",)


async def test_a_repeated_key_answers_the_same_and_another_body_is_refused(suite: Trial) -> None:
    first, again = await light(suite, 40, "k1"), await light(suite, 40, "k1")
    assert first == again
    other = await suite.post("/objects/lamps", {"watts": 41}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    await suite.settle()
    assert len(await suite.runtime("objects").query(all_rows(Lamp))) == 1


async def test_a_stale_if_match_is_refused_and_a_rule_says_its_sentence(suite: Trial) -> None:
    lamp = await light(suite, 40)
    await suite.post(f"/objects/lamps/{lamp}/dim")
    stale = await suite.post(f"/objects/lamps/{lamp}/dim", headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    refused = await suite.post("/objects/lamps/none/dim")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Light the lamp first.")


async def test_a_missing_fact_lets_a_reaction_wait_until_it_comes(suite: Trial) -> None:
    lamp = await light(suite, 13)
    await suite.post(f"/objects/lamps/{lamp}/out")
    await suite.settle()
    there = suite.runtime("dispatch")
    assert await there.state(notebook, lamp) == ()
    waiting = (await suite.get("/dispatch/ops/waiting")).json()
    assert [(w["reason"], w["note"]) for w in waiting] == [("waiting", "the permit"), ("behind", "")]
    await suite.runtime("objects").handle(lamps, "permit", Lit(lamp="permit", watts=1), Because("test", "test"))
    await suite.settle()
    await until_nothing_is_held(suite)
    assert await there.state(notebook, lamp) == ("13",)


async def test_what_waits_in_vain_is_passed_over_and_what_waits_behind_it_goes_on(suite: Trial) -> None:
    lamp = await light(suite, 13)
    await suite.post(f"/objects/lamps/{lamp}/out")
    await suite.settle()
    first, behind = ({**w, "note": ""} for w in (await suite.get("/dispatch/ops/waiting")).json())
    assert (await suite.post("/dispatch/ops/waiting/skip", behind)).status_code == 404
    assert (await suite.post("/dispatch/ops/dead-letters/skip", first)).status_code == 404
    assert (await suite.post("/dispatch/ops/waiting/skip", first, role="planner")).status_code == 403
    assert (await suite.post("/dispatch/ops/waiting/skip", first)).json() == {"status": "skipped"}
    await until_nothing_is_held(suite)
    assert await suite.runtime("dispatch").state(notebook, lamp) == ()
    assert (await suite.get("/dispatch/ops/parked")).json()[0]["note"] == "test-admin skipped revision 0."


async def test_poison_blocks_its_own_stream_until_it_is_skipped(suite: Trial) -> None:
    bad, good = await light(suite, -2), await light(suite, 40)
    await suite.post(f"/objects/lamps/{bad}/out")
    await suite.settle()
    there = suite.runtime("dispatch")
    assert [row["task"] for row in await there.query(all_rows(Task))] == [good]
    (letter,) = (await suite.get("/dispatch/ops/dead-letters")).json()
    address = {name: letter[name] for name in ("consumer", "topic", "stream", "revision")}
    assert (await suite.post("/dispatch/ops/dead-letters/replay", address)).status_code == 200
    while not (await suite.get("/dispatch/ops/dead-letters")).json():  # it is tried again in a moment, and fails again
        await suite.settle()
    assert (await suite.post("/dispatch/ops/dead-letters/skip", address)).status_code == 200
    await until_nothing_is_held(suite)
    assert {"task": bad, "text": "", "done": True} in await there.query(all_rows(Task))


async def test_a_rebuilt_read_model_equals_the_live_one(suite: Trial) -> None:
    for watts in range(5):
        lamp = await light(suite, watts)
        await suite.post(f"/objects/lamps/{lamp}/dim")
    await suite.settle()
    for context, model, table in (("objects", "objects.lamps", Lamp), ("dispatch", "dispatch.tasks", Task)):
        runtime = suite.runtime(context)
        before = await runtime.query(all_rows(table))
        assert (await suite.post(f"/{context}/ops/rebuild/{model}")).status_code == 202
        while model in runtime.consuming.rebuilds:
            await suite.settle()
        assert sorted(map(str, await runtime.query(all_rows(table)))) == sorted(map(str, before))
    await light(suite, 99)
    await suite.settle()
    assert len(await suite.runtime("dispatch").query(all_rows(Task))) == 6


async def test_the_feed_serves_what_was_published_with_its_gaps_named(suite: Trial) -> None:
    lamp = await light(suite, 40)
    await suite.post(f"/objects/lamps/{lamp}/dim")
    await suite.post(f"/objects/lamps/{lamp}/out")
    page = (await suite.get("/objects/events")).json()
    assert [(e["revision"], e["prevrevision"]) for e in page["events"]] == [(0, -1), (2, 0)]
    rest = (await suite.get("/objects/events", params={"after": page["next"]})).json()
    assert rest == {"events": [], "next": None}


async def until_nothing_is_held(suite: Trial) -> None:
    while (await suite.get("/dispatch/ops/waiting")).json() or (await suite.get("/dispatch/ops/dead-letters")).json():
        await suite.settle()


async def test_verify_agrees_and_names_the_first_row_that_was_tampered_with(suite: Trial) -> None:
    lamp = await light(suite, 40)
    await suite.settle()
    found = (await suite.post("/objects/ops/verify")).json()
    assert found == {"read_models": 1, "differences": []}
    database = suite.runtime("objects").engines.database
    await database.write(lambda c: c.exec_driver_sql("UPDATE toy_lamp SET watts = 41"))
    (difference,) = (await suite.post("/objects/ops/verify")).json()["differences"]
    assert difference.startswith(f"objects.lamps: toy_lamp ('{lamp}',): is {{")


async def test_a_key_that_comes_again_on_another_route_is_refused_not_taken_for_a_repeat(suite: Trial) -> None:
    lamp = await light(suite, 40)
    headers = {"Idempotency-Key": "k1"}
    assert (await suite.post(f"/objects/lamps/{lamp}/dim", headers=headers)).status_code == 200
    assert (await suite.post(f"/objects/lamps/{lamp}/dim", headers=headers)).json()["revision"] == 1
    other = await suite.post(f"/objects/lamps/{lamp}/out", headers=headers)
    assert (other.status_code, len(await suite.runtime("objects").engines.store.read(f"lamp-{lamp}"))) == (422, 2)
