"""The operator's page over a service on real engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from toy import dispatch, objects, settings_in

from carnet.kernel.runtime import Runtime
from carnet.kernel.service import service
from carnet.kernel.surroundings import now
from carnet.kernel.tables import Held, Incident
from carnet.kernel.trial import PATIENCE, Trial, trial

PLACE: dict[str, Any] = {"consumer": "objects.lamps", "topic": "carnet.dispatch.v1", "stream": "order-1", "revision": 4}


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Trial]:
    async with trial(objects=service(objects, settings_in(tmp_path))) as running:
        yield running


async def keep(runtime: Runtime, *rows: Any) -> None:
    def write(connection: Any) -> None:
        with Session(connection) as session:
            session.add_all(rows)
            session.flush()

    await runtime.engines.database.write(write)


async def test_an_operator_sees_consumers_and_the_empty_states(suite: Trial) -> None:
    page = await suite.get("/objects/ops/")
    assert page.status_code == 200
    assert "up to date" in page.text
    assert "No event is blocked." in page.text
    assert 'href="/objects/ops/" aria-current="page"' in page.text


async def test_others_see_the_status_and_no_levers(suite: Trial) -> None:
    page = await suite.get("/objects/ops/", role="planner")
    assert "Publish everything again" not in page.text
    assert (await suite.post("/objects/ops/pages/relay", data={"action": "pause"}, role="planner")).status_code == 403


async def test_the_page_is_there_in_french(suite: Trial) -> None:
    page = await suite.get("/objects/ops/", headers={"Accept-Language": "fr"})
    assert "Aucun événement n’est bloqué." in page.text


async def test_the_relay_is_paused_and_resumed(suite: Trial) -> None:
    async with asyncio.timeout(PATIENCE):
        while suite.runtime("objects").relay.lease.token is None:  # noqa: ASYNC110  # only who relays can pause
            await asyncio.sleep(0.01)
    answer = await suite.post("/objects/ops/pages/relay", data={"action": "pause"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/objects/ops/")
    assert "Resume the relay" in (await suite.get("/objects/ops/")).text
    await suite.post("/objects/ops/pages/relay", data={"action": "resume"})
    assert "Pause the relay" in (await suite.get("/objects/ops/")).text


async def test_what_is_held_back_is_shown_with_its_reason(suite: Trial) -> None:
    incident = Incident(consumer="objects.lamps", stream="order-9", note="A gap was healed.", at=now())
    dead = Held(**PLACE, reason="dead", note="<b>boom</b>", since=now(), notice=b"{}")
    await keep(suite.runtime("objects"), dead, incident)
    text = (await suite.get("/objects/ops/")).text
    assert "&lt;b&gt;boom&lt;/b&gt;" in text
    assert "A gap was healed." in text


async def test_a_dead_letter_is_skipped_from_the_page(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with trial(objects=service(objects, settings), dispatch=service(dispatch, settings)) as suite:
        await suite.post("/objects/lamps", {"watts": -2})
        await suite.settle()
        (letter,) = (await suite.get("/dispatch/ops/dead-letters")).json()
        assert letter["note"] in (await suite.get("/dispatch/ops/")).text
        address = {name: letter[name] for name in ("consumer", "topic", "stream", "revision")}
        answer = await suite.post("/dispatch/ops/pages/dead-letters/skip", data=address)
        assert answer.headers["location"] == "/dispatch/ops/"
        assert "No event is blocked." in (await suite.get("/dispatch/ops/")).text


async def test_a_dead_letter_that_is_not_there_is_404(suite: Trial) -> None:
    answer = await suite.post("/objects/ops/pages/dead-letters/skip", data=PLACE)
    assert answer.status_code == 404


async def test_no_third_way_with_a_dead_letter(suite: Trial) -> None:
    assert (await suite.post("/objects/ops/pages/dead-letters/burn", data=PLACE)).status_code == 422


async def test_the_day_moves_on_and_never_back(suite: Trial) -> None:
    for day, status in (("2027-01-02", 303), ("2027-01-01", 409), ("someday", 422)):
        answer = await suite.post("/objects/ops/pages/day", data={"day": day})
        assert (day, answer.status_code) == (day, status)
    assert suite.runtime("objects").today() == date(2027, 1, 2)
