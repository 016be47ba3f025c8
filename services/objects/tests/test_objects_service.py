"""The service through its HTTP: parties, sites, objects, moves, tasks, search and cockpit."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from carnet.kernel.trial import Trial

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
POST = {
    "street": "Av. de Rumine",
    "house_number": "20",
    "postcode": "1005",
    "city": "Lausanne",
    "care_of": "Régie Delacroix SA",
}
HOUSE = {"street": "Ch. des Fleurettes", "house_number": "12", "postcode": "1007", "city": "Lausanne"}


def made(answer: httpx.Response) -> str:
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


async def party(suite: Trial, number: str = "K1", name: str = "PPE Résidence du Parc", **more: Any) -> str:
    return made(await suite.post("/objects/parties", {"number": number, "name": name, **more}, role="planner"))


async def site(suite: Trial, number: str = "FLEURETTES", **more: Any) -> str:
    body = {"number": number, "name": "Chemin des Fleurettes 12", "address": HOUSE, "canton": "VD", **more}
    return made(await suite.post("/objects/sites", body, role="planner"))


async def item(suite: Trial, number: str = "A", **more: Any) -> str:
    body = {"number": number, "name": "Ascenseur A 630 kg", "kind": "ascenseur", **more}
    return made(await suite.post("/objects/items", body, role="planner"))


async def test_a_party_is_registered_changed_and_read_with_its_etag(suite: Trial) -> None:
    k1 = await party(suite, address=POST, email="gerance@delacroix.example")
    changed = await suite.request("PATCH", f"/objects/parties/{k1}", "bookkeeper", json={"language": "de"})
    read = await suite.get(f"/objects/parties/{k1}", params={"after": changed.json()["token"]})
    assert read.json() == {
        "id": k1,
        "number": "K1",
        "name": "PPE Résidence du Parc",
        "natural_person": False,
        "language": "de",
        "address": POST | {"country": "CH"},
        "email": "gerance@delacroix.example",
        "telephone": None,
    }
    assert read.headers["ETag"] == '"1"'
    stale = {"If-Match": '"0"'}
    late = await suite.request("PATCH", f"/objects/parties/{k1}", "planner", json={"language": "fr"}, headers=stale)
    assert late.status_code == 412


async def test_the_same_party_twice_is_one_and_another_of_its_number_is_refused(suite: Trial) -> None:
    assert await party(suite) == await party(suite)
    other = await suite.post("/objects/parties", {"number": "K1", "name": "Someone else"})
    assert other.status_code == 409
    assert "Party K1 is registered already" in other.json()["detail"]


async def test_bad_input_names_its_field(suite: Trial) -> None:
    missing = await suite.post("/objects/parties", {"number": "K1"})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "name")
    for path, body, field in (
        ("parties", {"number": "K1", "name": "x", "email": "nowhere"}, "email"),
        ("parties", {"number": "K1", "name": "x", "surprise": 1}, "surprise"),
        ("sites", {"number": "S", "name": "x", "zone": "Mars/Olympus"}, "zone"),
        ("sites", {"number": "S", "name": "x", "owner_id": "nobody"}, "owner_id"),
        ("items", {"number": "A", "name": "x", "kind": "x", "parent_id": "nowhere"}, "parent_id"),
        ("items", {"number": "A", "name": "x", "kind": "x", "value": "-1"}, "value"),
        ("tasks", {"object_id": "nothing", "text": "x"}, "object_id"),
    ):
        answer = await suite.post(f"/objects/{path}", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_who_may_not_is_kept_out(suite: Trial) -> None:
    body = {"number": "K1", "name": "x"}
    assert (await suite.post("/objects/parties", body, role=None)).status_code == 401
    assert (await suite.post("/objects/parties", body, role="viewer")).status_code == 403
    assert (await suite.get("/objects/search", role=None, params={"q": "x"})).status_code == 401


async def test_what_is_unknown_is_404(suite: Trial) -> None:
    for path in ("parties/x", "sites/x", "items/x", "items/x/cockpit", "tasks/x"):
        assert (await suite.get(f"/objects/{path}")).status_code == 404
    for path in ("items/x/retirement", "tasks/x/done"):
        assert (await suite.post(f"/objects/{path}", {})).status_code == 404
    move = await suite.post("/objects/items/x/moves", {"parent_id": None})
    assert move.status_code == 404


async def test_an_idempotency_key_makes_one_task(suite: Trial) -> None:
    a = await item(suite)
    body, key = {"object_id": a, "text": "ropes worn", "raised_on": "2026-07-15"}, {"Idempotency-Key": "t1"}
    first, again = [made(await suite.post("/objects/tasks", body, headers=key)) for _ in range(2)]
    assert first == again
    other = await suite.post("/objects/tasks", body | {"text": "other"}, headers=key)
    assert other.status_code == 422


async def test_a_pending_task_becomes_a_lead_and_is_done(suite: Trial) -> None:
    a = await item(suite)
    task = made(await suite.post("/objects/tasks", {"object_id": a, "text": "ropes worn"}, role="technician"))
    lead = await suite.post(f"/objects/tasks/{task}/lead", {"amount": "8400.00"})
    pending = await suite.get("/objects/tasks", params={"object_id": a, "after": lead.json()["token"]})
    [found] = pending.json()["items"]
    assert (found["text"], found["amount"], found["raised_on"]) == ("ropes worn", "8400.00", "2026-12-31")
    done = await suite.post(f"/objects/tasks/{task}/done", {"done_on": "2027-01-05"})
    rest = await suite.get("/objects/tasks", params={"after": done.json()["token"]})
    assert rest.json()["items"] == []
    everything = await suite.get("/objects/tasks", params={"pending": False})
    assert everything.json()["items"][0]["done_on"] == "2027-01-05"


async def test_the_tree_is_walked_level_by_level_with_counts(suite: Trial) -> None:
    project = await site(suite, "PARC", name="Résidence du Parc", kind="project", address=None)
    house = await site(suite, parent_id=project)
    for number in ("A", "B", "C"):
        await item(suite, number, name=f"Lift {number}", parent_id=house)
    await suite.settle()
    [top] = (await suite.get("/objects/tree")).json()["items"]
    assert (top["name"], top["sort"], top["children"]) == ("Résidence du Parc", "project", 1)
    page = (await suite.get("/objects/tree", params={"parent": house, "limit": 2})).json()
    assert [branch["name"] for branch in page["items"]] == ["Lift A", "Lift B"]
    rest = (await suite.get("/objects/tree", params={"parent": house, "cursor": page["next"]})).json()
    assert [branch["name"] for branch in rest["items"]] == ["Lift C"]
    assert rest["next"] is None


async def test_a_move_takes_the_branch_along_and_never_closes_a_circle(suite: Trial) -> None:
    one, two = await site(suite, "ONE", name="One"), await site(suite, "TWO", name="Two")
    lift = await item(suite, "L", parent_id=one)
    car = await item(suite, "CAR", parent_id=lift)
    moved = await suite.post(f"/objects/items/{lift}/moves", {"parent_id": two})
    tree = await suite.get("/objects/tree", params={"parent": two, "after": moved.json()["token"]})
    assert [branch["number"] for branch in tree.json()["items"]] == ["L"]
    circle = await suite.post(f"/objects/items/{lift}/moves", {"parent_id": car})
    assert (circle.status_code, "under itself" in circle.json()["detail"]) == (409, True)
    assert (await suite.get(f"/objects/items/{lift}")).json()["site_id"] == two


async def test_fields_readings_and_retirement(suite: Trial) -> None:
    a = await item(suite, fields={"load": "630 kg"}, registered_on="2026-01-01")
    value = {"field": "load", "value": "800 kg", "valid_from": "2026-05-01"}
    made(await suite.post(f"/objects/items/{a}/fields", value))
    reading = {"meter": "trips", "reading": "120000", "read_on": "2026-06-01"}
    made(await suite.post(f"/objects/items/{a}/readings", reading, role="technician"))
    made(await suite.post(f"/objects/items/{a}/retirement", {"retired_on": "2026-07-01", "reason": "scrapped"}))
    refused = await suite.post(f"/objects/items/{a}/readings", reading | {"read_on": "2026-08-01"})
    assert (refused.status_code, "out of use since 2026-07-01" in refused.json()["detail"]) == (409, True)
    await suite.settle()
    for day, load in (("2026-04-30", "630 kg"), ("2026-05-01", "800 kg"), ("2025-12-31", None)):
        cockpit = (await suite.get(f"/objects/items/{a}/cockpit", params={"on": day})).json()
        assert cockpit["fields"].get("load") == load
    assert cockpit["readings"] == [{"meter": "trips", "read_on": "2026-06-01", "reading": "120000"}]
    assert cockpit["master"]["retired_on"] == "2026-07-01"
    whats = [(entry["what"], entry["day"]) for entry in cockpit["history"]]
    assert whats == [("ObjectRetired", "2026-07-01"), ("MeterRead", "2026-06-01"), ("FieldValued", "2026-05-01")]


async def test_lists_page_by_cursor(suite: Trial) -> None:
    for number in ("A", "B", "C"):
        await item(suite, number)
    await suite.settle()
    first = (await suite.get("/objects/items", params={"limit": 2})).json()
    rest = (await suite.get("/objects/items", params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["number"] for each in first["items"] + rest["items"]] == ["A", "B", "C"]


@ON_BOTH
async def test_lists_page_by_the_bytes_of_their_text_on_every_database(suite: Trial) -> None:
    names = ["a", "B", "b", "Z", "é", "É", "_1", "1", "10", "2", "-2", "ß", "ss", "(x)", "Zürich", "zurich"]
    for name in names:
        await party(suite, number=name)
        await site(suite, number=name, name=name)
    await suite.settle()
    in_order = sorted(names, key=str.encode)
    for path, column in (("/objects/parties", "number"), ("/objects/sites", "number"), ("/objects/tree", "name")):
        assert [row[column] async for row in walked(suite, path)] == in_order


async def walked(suite: Trial, path: str) -> AsyncIterator[dict[str, Any]]:
    """Give a list's rows, three a page."""
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = (await suite.get(path, params={"limit": "3", **cursor})).json()
        for row in page["items"]:
            yield row
        cursor = {"cursor": page["next"]} if page["next"] else None


@ON_BOTH
async def test_what_no_database_keeps_is_neither_taken_nor_found(suite: Trial) -> None:
    taken = await suite.post("/objects/parties", {"number": "K1", "name": "PPE\x00"})
    assert (taken.status_code, "NUL" in taken.json()["detail"]) == (409, True)
    for path in ("/objects/search?q=%00", "/objects/items/%00", "/objects/parties?q=%00", "/objects/tree?parent=%00"):
        assert (await suite.get(path)).status_code in {200, 404, 422}, path
