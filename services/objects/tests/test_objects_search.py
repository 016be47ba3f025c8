"""An object is found in seconds among thousands, by what a person on the telephone says (S51, S52)."""

import pytest

from carnet.kernel.trial import Trial

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
HOUSE = {"street": "Ch. des Fleurettes", "house_number": "12", "postcode": "1007", "city": "Lausanne"}
CLINIC = {"street": "Route de Berne", "house_number": "41", "postcode": "1010", "city": "Lausanne"}


@pytest.fixture
async def found_suite(suite: Trial) -> Trial:
    """Two customers with a building each, and lifts in them."""
    for number, name in (("K1", "PPE Résidence du Parc"), ("K2", "Clinique de la Colline SA")):
        await suite.post("/objects/parties", {"number": number, "name": name})
    k1, k2 = await party_ids(suite)
    house = await made(suite, "sites", number="S1", name="Chemin des Fleurettes 12", address=HOUSE)
    clinic = await made(suite, "sites", number="S2", name="Clinique de la Colline", address=CLINIC)
    await made(suite, "items", number="A", name="Ascenseur A 630 kg", kind="ascenseur", parent_id=house, debtor_id=k1)
    await made(suite, "items", number="C", name="Porte de garage C", kind="porte", parent_id=house, debtor_id=k1)
    await made(suite, "items", number="BL-1", name="Monte-lits 1", kind="ascenseur", parent_id=clinic, debtor_id=k2)
    await made(suite, "items", number="BL-12", name="Monte-lits 2", kind="ascenseur", parent_id=clinic, debtor_id=k2)
    await suite.settle()
    return suite


async def party_ids(suite: Trial) -> tuple[str, str]:
    await suite.settle()
    one, two = (await suite.get("/objects/parties")).json()["items"]
    return one["id"], two["id"]


async def made(suite: Trial, sort: str, **body: object) -> str:
    answer = await suite.post(f"/objects/{sort}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def find(suite: Trial, q: str) -> list[str]:
    answer = await suite.get("/objects/search", params={"q": q})
    return [found["number"] for found in answer.json()]


FINDS = {
    "fleur 12 asc": ["A"],  # the call of 2 April: street, house number, kind
    "FLEURETTES porte": ["C"],
    "residence asc": ["A"],  # without its accent, by the customer
    "résidence 630": ["A"],
    "monte lits colline": ["BL-1", "BL-12"],
    "bl-12": ["BL-12"],
    "BL-1": ["BL-1", "BL-12"],  # the very number comes first
    "onte-lit berne": ["BL-1", "BL-12"],  # parts of words
    "1010": ["S2", "BL-1", "BL-12"],
    "41 be": ["S2", "BL-1", "BL-12"],
    "fleur colline": [],
    "zzz": [],
    '"fleur" OR NEAR(': [],
    "' --": [],
    "": [],
    "*": [],
    "%": [],
    "_": [],
    "b": ["BL-1", "BL-12", "S2"],  # short words are beginnings: of the number, and of the street in the address
    "mo li": ["BL-1", "BL-12"],
    "as 6 fl": ["A"],
    "as 6 ber": [],
    "nte lits": ["BL-1", "BL-12"],
    "nt li": [],
    "ts berne": [],
    "li berne": ["BL-1", "BL-12"],
}


async def test_words_and_parts_of_words_find_what_is_meant(found_suite: Trial) -> None:
    assert {q: await find(found_suite, q) for q in FINDS} == FINDS


async def test_a_hit_says_where_it_stands_and_whose_it_is(found_suite: Trial) -> None:
    [hit] = (await found_suite.get("/objects/search", params={"q": "fleur 12 asc"})).json()
    assert hit["name"] == "Ascenseur A 630 kg"
    assert hit["site"] == "Chemin des Fleurettes 12"
    assert hit["place"] == "Ch. des Fleurettes 12, 1007 Lausanne"
    assert hit["customer"] == "PPE Résidence du Parc"


async def test_what_moves_is_found_at_its_new_place(found_suite: Trial) -> None:
    [lift] = (await found_suite.get("/objects/search", params={"q": "fleur asc"})).json()
    clinic = (await found_suite.get("/objects/search", params={"q": "S2"})).json()[0]
    await found_suite.post(f"/objects/items/{lift['id']}/moves", {"parent_id": clinic["id"]})
    await found_suite.settle()
    assert await find(found_suite, "fleur asc") == []
    assert await find(found_suite, "berne 630") == ["A"]


async def test_a_customer_s_new_name_finds_the_objects(found_suite: Trial) -> None:
    [k1] = (await found_suite.get("/objects/parties", params={"q": "parc"})).json()["items"]
    await found_suite.request("PATCH", f"/objects/parties/{k1['id']}", "planner", json={"name": "PPE Bellevue"})
    await found_suite.settle()
    assert await find(found_suite, "bellevue asc") == ["A"]
    assert await find(found_suite, "residence asc") == []


async def test_the_search_finds_the_same_after_a_rebuild_and_goes_on(found_suite: Trial) -> None:
    runtime = found_suite.runtime("objects")
    assert (await found_suite.post("/objects/ops/rebuild/objects.nodes")).status_code == 202
    while "objects.nodes" in runtime.consuming.rebuilds:
        await found_suite.settle()
    assert await find(found_suite, "fleur 12 asc") == ["A"]
    await made(found_suite, "items", number="NEW", name="Monte-charge", kind="ascenseur")
    await found_suite.settle()
    assert await find(found_suite, "monte-ch") == ["NEW"]
