"""What the service book refuses is said in French to a person who reads French, and in English to a program."""

from typing import Any

import pytest

from carnet.kernel.trial import Trial

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def made(suite: Trial, path: str, **body: Any) -> str:
    answer = await suite.post(f"/objects/{path}", body)
    assert answer.status_code < 300, answer.text
    return str(answer.json()["id"])


@pytest.fixture
async def lift(suite: Trial) -> str:
    """A lift that is out of use since the summer."""
    await made(suite, "parties", number="K1", name="PPE <Parc>")
    known = await made(suite, "items", number="A", name="Lift A", kind="lift", registered_on="2026-01-01")
    await made(suite, f"items/{known}/retirement", retired_on="2026-07-01", reason="scrapped")
    return known


async def test_a_number_that_is_taken(suite: Trial, lift: str) -> None:
    body = {"number": "K1", "name": "Someone else"}
    shown = await suite.post("/objects/parties", body, headers=FRENCH)
    assert shown.status_code == 409
    assert "Le partenaire K1 est déjà enregistré sous « PPE &lt;Parc&gt; »" in shown.text
    told = await suite.post("/objects/parties", body, headers={"Accept-Language": "fr"})
    assert told.json()["detail"] == "Party K1 is registered already as 'PPE <Parc>': change that one."


async def test_an_object_out_of_use_with_its_day(suite: Trial, lift: str) -> None:
    field = {"field": "load", "value": "630 kg", "valid_from": "2026-08-01"}
    shown = await suite.request("POST", f"/objects/pages/nodes/{lift}/fields", "planner", data=field, headers=FRENCH)
    assert shown.status_code == 409
    assert "L’objet est hors service depuis le 1 juil. 2026 : indiquez un jour antérieur." in shown.text


async def test_what_is_not_known_and_who_may_not(suite: Trial, lift: str) -> None:
    shown = await suite.get("/objects/pages/nodes/nowhere", headers=FRENCH)
    assert (shown.status_code, "Inconnu ici : L’élément nowhere. Vérifiez le numéro." in shown.text) == (404, True)
    task = f"/objects/pages/nodes/{lift}/tasks"
    refused = await suite.request("POST", task, "viewer", data={"text": "x"}, headers=FRENCH)
    assert (refused.status_code, "Ceci est réservé à " in refused.text) == (403, True)
