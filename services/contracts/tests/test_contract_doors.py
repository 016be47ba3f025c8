"""The doors of contracts: who gets in, what is refused and how it is said."""

from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

EXTENDED = {"last_day": "2027-12-31", "recorded": "2026-10-01"}


async def test_a_number_is_given_once(firm: Any, bodies: dict[str, Any]) -> None:
    first = await firm.sign(bodies["C-1"])
    assert await firm.sign(bodies["C-1"]) == first
    other = await firm.suite.post("/contracts", {**bodies["C-1"], "kind": "licence"})
    assert (other.status_code, other.json()["detail"]) == (409, "This contract is already signed: amend it.")
    assert len((await firm.suite.get("/contracts")).json()["items"]) == 1


async def test_a_repeated_key_signs_once_also_after_an_amendment(firm: Any, bodies: dict[str, Any]) -> None:
    key = {"headers": {"Idempotency-Key": "sign-C-1"}}
    first = await firm.suite.post("/contracts", bodies["C-1"], **key)
    await firm.amend("C-1", "2026-05-06", bodies["B"])
    again = await firm.suite.post("/contracts", bodies["C-1"], **key)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_the_same_amendment_twice_makes_one_version(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.amend(contract, "2026-05-06", bodies["B"])
    await firm.amend(contract, "2026-05-06", bodies["B"])
    shown = await firm.suite.get(f"/contracts/{contract}")
    assert (shown.json()["version"], shown.headers["ETag"]) == (2, '"1"')
    stale = await firm.suite.post(f"/contracts/{contract}/extension", EXTENDED, headers={"If-Match": '"0"'})
    assert stale.status_code == 412


async def test_a_contract_is_extended_terminated_and_renewed(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.sign({**bodies["C-1"], "end": "2026-12-31"})
    doors = {"renewal": "2027-12-31", "termination": "2026-08-31", "extension": "2028-12-31"}
    for door, last_day in doors.items():
        answer = await firm.suite.post(f"/contracts/C-1/{door}", {"last_day": last_day, "recorded": "2026-07-01"})
        assert answer.status_code == 200, answer.text
    await firm.suite.settle()
    versions = (await firm.suite.get("/contracts/C-1")).json()["versions"]
    assert [version["what"] for version in versions] == ["signed", "renewed", "terminated", "extended"]


@ON_BOTH
async def test_contracts_are_listed_by_what_is_asked(firm: Any, bodies: dict[str, Any]) -> None:
    for name in ("C-1", "C-2"):
        await firm.sign(bodies[name])
    await firm.run("2026-01-01")

    async def numbers(**asked: str) -> list[str]:
        page = (await firm.suite.get("/contracts", params=asked)).json()
        return [contract["number"] for contract in page["items"]]

    assert await numbers() == ["C-1", "C-2"]
    assert await numbers(object="waiter") == ["C-2"]
    assert await numbers(debtor="party-K1") == ["C-1"]
    assert await numbers(kind="subscription") == ["C-2"]
    assert await numbers(number="c-2") == ["C-2"]
    assert [await numbers(due="2026-01-14"), await numbers(due="2026-01-15")] == [[], ["C-1"]]
    first = (await firm.suite.get("/contracts", params={"limit": 1})).json()
    assert await numbers(cursor=first["next"]) == ["C-2"]


async def test_an_excused_service_is_kept_and_said_so(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.sign(bodies["C-1"])
    await firm.run("2026-01-01")
    due = await firm.find("2026-01-15")
    address = f"/contracts/occurrences/{due['occurrence_id']}/excuse"
    assert (await firm.suite.post(address, {"reason": "building closed"})).status_code == 200
    await firm.suite.settle()
    assert await firm.ledger("C-1") == {"promised": 5, "done": 0, "skipped": 0, "excused": 1, "open": 4}
    assert (await firm.suite.post("/contracts/occurrences/none/excuse", {"reason": "x"})).status_code == 404


async def test_opening_hours_are_given_until_they_are_set(firm: Any) -> None:
    given = (await firm.suite.get("/contracts/calendars/standard")).json()
    assert given["hours"]["mon"] == ["07:30-12:00", "13:00-17:30"]
    early = {"hours": {"sat": ["06:00-09:00"]}, "country": "CH", "subdivision": "ZH"}
    assert (await firm.suite.request("PUT", "/contracts/calendars/early", "planner", json=early)).status_code == 200
    assert (await firm.suite.get("/contracts/calendars/early")).json()["subdivision"] == "ZH"
    assert (await firm.suite.get("/contracts/calendars/late")).status_code == 404
    nowhere = await firm.suite.request("PUT", "/contracts/calendars/early", "admin", json={**early, "country": "XX"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["field"]) == (422, "country")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"start": "2026-02-30"}, "start"),
        ({"positions": []}, "positions"),
        ({"colour": "red"}, "colour"),
        ({"reactions": [{"within_minutes": 60, "escalate_before_minutes": 60}]}, "reactions.0"),
        ({"coverage": {"shares": {"labour": "2"}}}, "coverage.shares.labour"),
    ],
)
async def test_a_wrong_field_is_named(firm: Any, bodies: dict[str, Any], change: Any, field: str) -> None:
    answer = await firm.suite.post("/contracts", {**bodies["C-1"], **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_who_may_not_gets_a_sentence(firm: Any, bodies: dict[str, Any]) -> None:
    assert (await firm.suite.post("/contracts", bodies["C-1"], role=None)).status_code == 401
    assert (await firm.suite.post("/contracts", bodies["C-1"], role="technician")).status_code == 403
    assert (await firm.suite.post("/contracts/runs", {"date": "2026-01-01"}, role="viewer")).status_code == 403
    for address in ("/contracts/C-9", "/contracts/obligations?contract=C-9&year=2026"):
        assert (await firm.suite.get(address)).status_code == 404
    too_late = await firm.suite.get("/contracts/due?from=2026-01-01&to=2036-01-01")
    assert (too_late.status_code, too_late.json()["errors"][0]["field"]) == (422, "to")


async def test_what_cannot_be_is_refused_by_its_name_or_with_a_sentence(firm: Any, bodies: dict[str, Any]) -> None:
    for wrong, field in (({"end": "9999-12-31"}, "end"), ({"billing": {"every_months": 10**9}}, "every_months")):
        answer = await firm.suite.post("/contracts", {**bodies["C-1"], **wrong})
        assert (answer.status_code, field in answer.text) == (422, True)
    backwards = await firm.suite.post("/contracts", {**bodies["C-1"], "end": "2025-12-31"})
    assert (backwards.status_code, backwards.json()["detail"]) == (
        409,
        "The contract starts on 2026-01-01: its last day is that day or a later one.",
    )
    never = {**bodies["C-1"]["positions"][0], "last_day": "2025-12-31"}
    gone = await firm.suite.post("/contracts", {**bodies["C-1"], "positions": [never]})
    assert (gone.status_code, "A is covered from 2026-01-01" in gone.json()["detail"]) == (409, True)
    await firm.sign(bodies["C-1"])
    late = await firm.suite.post("/contracts/C-1/termination", {"last_day": "9999-12-31"})
    assert late.status_code == 422
    unknown = await firm.suite.post("/contracts/C-77/termination", {"last_day": "2026-12-31"})
    assert unknown.status_code == 404


async def test_a_refusal_names_its_field_where_it_has_one(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    early = {"changes": [{"change": "reprice", "position_id": "A", "fee": "1", "valid_from": "2025-12-31"}]}
    refused = await firm.suite.post(f"/contracts/{contract}/amendments", early)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "positions.A.prices")
    late = await firm.suite.post("/contracts", {**bodies["C-1"], "end": "2025-12-31"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (409, "end")
