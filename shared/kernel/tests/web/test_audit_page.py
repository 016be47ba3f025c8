"""`ops/audit` over services on real engines: what it says, for whom, and its page."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from toy import toys

from carnet.kernel import audit
from carnet.kernel.surroundings import now
from carnet.kernel.trial import PATIENCE, Trial, trial

AUDIT = "/objects/ops/audit"
PAGE = "/objects/ops/pages/audit"


@pytest.fixture
async def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trial]:
    monkeypatch.setattr(audit, "PAUSE", 0.0)
    async with trial(**toys(tmp_path)) as running:
        yield running


async def noted(suite: Trial, number: int, path: str = AUDIT) -> list[dict[str, Any]]:
    """Wait until so many entries stand there; gives them."""
    async with asyncio.timeout(PATIENCE):
        while len(found := (await suite.get(path)).json()["items"]) < number:  # noqa: ASYNC110  # it rings no bell
            await asyncio.sleep(0.01)
    return list(found)


async def test_it_says_what_a_person_did_and_what_carnet_did_about_it(suite: Trial) -> None:
    request = {"X-Correlation-Id": "visit-7"}
    lamp = (await suite.post("/objects/lamps", {"watts": 60}, "planner", headers=request)).json()["id"]
    (lit,) = await noted(suite, 1)
    assert {**lit, "at": "", "position": 0} == {
        "at": "",
        "position": 0,
        "actor": "test-planner",
        "type": "lit.v1",
        "stream": f"lamp-{lamp}",
        "revision": 0,
        "correlation": "visit-7",
    }
    (answer,) = await noted(suite, 1, "/dispatch/ops/audit")
    assert (answer["actor"], answer["type"], answer["correlation"]) == ("a lamp is noted", "noted.v1", "visit-7")


async def test_it_is_paged_by_cursor_newest_first(suite: Trial) -> None:
    for watts in range(5):
        await suite.post("/objects/lamps", {"watts": watts})
    everything, some, address = await noted(suite, 5), list[dict[str, Any]](), f"{AUDIT}?limit=2"
    while address:
        page = await suite.get(address)
        some += page.json()["items"]
        address = page.links["next"]["url"] if "next" in page.links else ""
    assert some == everything == sorted(some, key=lambda entry: -entry["position"])


async def test_it_is_asked_by_actor_stream_and_days_of_the_suites_zone(suite: Trial) -> None:
    lamp = (await suite.post("/objects/lamps", {"watts": 60}, "planner")).json()["id"]
    await suite.post(f"/objects/lamps/{lamp}/dim", role="admin")
    await suite.post("/objects/lamps", {"watts": 40}, "admin")
    await noted(suite, 3)
    yesterday, tomorrow = (now() - timedelta(days=2)).date(), (now() + timedelta(days=2)).date()
    for asked, number in (
        ("actor=test-admin", 2),
        (f"stream=lamp-{lamp}", 2),
        (f"stream=lamp-{lamp}&actor=test-planner&from=&to=", 1),
        (f"from={yesterday}&to={tomorrow}", 3),
        ("from=0001-01-01&to=9999-12-31", 3),
        (f"from={tomorrow}", 0),
        (f"to={yesterday}", 0),
    ):
        assert len((await suite.get(f"{AUDIT}?{asked}")).json()["items"]) == number, asked


@pytest.mark.parametrize("asked", ["from=someday", "cursor=WyJhIl0", "limit=0"])
async def test_what_makes_no_sense_is_refused_at_its_field(suite: Trial, asked: str) -> None:
    answer = await suite.get(f"{AUDIT}?{asked}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, asked.partition("=")[0])


@pytest.mark.parametrize("path", [AUDIT, PAGE])
@pytest.mark.parametrize(("role", "status"), [("planner", 403), ("viewer", 403), (None, 401), ("admin", 200)])
async def test_an_admin_alone_may_ask(suite: Trial, path: str, role: str | None, status: int) -> None:
    assert (await suite.get(path, role)).status_code == status


async def test_the_page_shows_who_did_what_and_the_one_who_looks_by_name(suite: Trial) -> None:
    assert "Nothing was recorded yet." in (await suite.get(PAGE)).text
    await suite.post("/objects/lamps", {"watts": 60}, "planner")
    await suite.post("/objects/lamps", {"watts": 60}, "admin")
    await noted(suite, 2)
    text = (await suite.get(f"{PAGE}?limit=1")).text
    assert '<a href="?actor=test-admin">Admin</a>' in text  # the name that the token says, of this person only
    assert "test-planner" not in text
    assert 'rel="next"' in text
    text = (await suite.get(f"{PAGE}?actor=test-planner")).text
    assert '<a href="?actor=test-planner">test-planner</a>' in text
    assert "Admin</a>" not in text
    assert "No event answers to this." in (await suite.get(f"{PAGE}?actor=nobody")).text


async def test_the_page_is_found_from_the_operators_and_is_there_in_french(suite: Trial) -> None:
    assert f'href="{PAGE}"' in (await suite.get("/objects/ops/")).text
    assert f'href="{PAGE}"' not in (await suite.get("/objects/ops/", "planner")).text
    assert "Qui a fait quoi" in (await suite.get(PAGE, headers={"Accept-Language": "fr"})).text
