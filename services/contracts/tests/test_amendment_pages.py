"""An amendment is written in a form, seen as it is typed, refused at the field that it belongs to, and signed."""

from typing import Any

HTMX = {"HX-Request": "true"}
B = {
    "what": "add",
    "position_id": "B",
    "day": "2026-05-18",
    "object_id": "LIFT-B",
    "fee": "1'320.00",
    "value": "",
    "share": "",
    "labour": "",
    "cycles": "1",
    "service_0": "quarterly",
    "every_0": "3",
    "first_0": "2026-08-18",
}


async def begun(firm: Any, bodies: dict[str, Any]) -> str:
    """Sign C-1; gives the address of its amendments."""
    await firm.register("lift-B")
    return f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}/amendments"


def at(field: str, text: str) -> str:
    """Give what stands at a field."""
    return text.split(f'id="error-{field}"')[1].split(">", 1)[1].split("<", maxsplit=1)[0]


async def test_an_amendment_is_seen_as_it_is_typed_and_then_signed(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    tried = await firm.send(f"{address}/preview", B, **HTMX)
    for words in ("18 août 2026", "18 novembre 2026", "Heures de travail des douze prochains mois"):
        assert words in tried.text
    assert f'action="/invoicing/pages/contracts/{address.split("/")[4]}/preview"' in tried.text
    assert ("1320.00" in tried.text, "<html" in tried.text, at("day", tried.text)) == (True, False, "")
    plain = await firm.send(f"{address}/preview", B)
    assert ("18 novembre 2026" in plain.text, 'value="LIFT-B"' in plain.text) == (True, True)
    signed = await firm.send(address, B)
    assert (signed.status_code, "lift-B" in await firm.page(signed.headers["location"])) == (303, True)
    assert (await firm.suite.get("/contracts/C-1")).json()["version"] == 2


REFUSED = [
    ({"day": "2025-12-31"}, 409, "day", "2026"),
    ({"position_id": "A"}, 409, "position_id", "A"),
    ({"object_id": "nothing"}, 422, "object_id", "Rien de ce nom"),
    ({"object_id": ""}, 422, "object_id", "À remplir"),
    ({"share": "1.2", "fee": ""}, 422, "value", "À remplir"),
    ({"fee": "1.005"}, 422, "fee", "Écrivez un montant"),
    ({"every_0": "0"}, 422, "every_0", "nombre entier"),
    ({"service_0": "x" * 101}, 422, "service_0", "au plus 100"),
    ({"day": "9999-12-31"}, 422, "day", "Écrivez un jour"),
    ({"what": "reprice", "position_id": "Z"}, 409, "position_id", "Z"),
    ({"what": "reprice", "position_id": "A", "fee": ""}, 422, "fee", "Indiquez la redevance"),
    ({"what": "resume"}, 409, "day", "n’est pas suspendu"),
    ({"what": "suspend", "day": "2025-01-01"}, 409, "day", "2026"),
    ({"what": "coverage"}, 422, "labour", "au moins une part"),
]


async def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    for wrong, status, field, sentence in REFUSED:
        form = {**B, **wrong}
        refused = await firm.send(address, form)
        assert (refused.status_code, sentence in at(field, refused.text)) == (status, True), (
            wrong,
            at(field, refused.text),
        )
        assert f'value="{form["day"]}"' in refused.text
        seen = await firm.send(f"{address}/preview", form, **HTMX)
        assert (seen.status_code, "Version 2" in seen.text) == (200, False)
        assert at(field, seen.text) == ("" if sentence == "À remplir" else at(field, refused.text))
    assert (await firm.suite.get("/contracts/C-1")).json()["version"] == 1


async def test_a_half_typed_form_is_not_called_wrong_while_it_is_typed(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    seen = await firm.send(f"{address}/preview", {**B, "day": "", "object_id": "", "fee": "1"}, **HTMX)
    assert (at("day", seen.text), at("object_id", seen.text), "Dès que" in seen.text) == ("", "", True)
    wrong = await firm.send(f"{address}/preview", {**B, "day": "", "fee": "much"}, **HTMX)
    assert (at("day", wrong.text), "Écrivez un montant" in at("fee", wrong.text)) == ("", True)


async def test_a_position_gets_several_services_and_a_row_for_each(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    more = await firm.send(address, {**B, "do": "more cycles"})
    assert ('name="service_1"' in more.text, 'value="quarterly"' in more.text) == (True, True)
    yearly = {"service_1": "yearly", "every_1": "12", "first_1": "2026-08-18", "persons_1": "2", "minutes_1": "90"}
    told = {"skills_1": "hydraulic, traction", "tolerance_1": "5", "prepare_1": "14", "absorbs_1": "yes"}
    signed = await firm.send(address, {**B, "cycles": "2", **yearly, **told})
    assert signed.status_code == 303, signed.text
    await firm.suite.settle()
    (added,) = [
        p for p in (await firm.suite.get("/contracts/C-1")).json()["terms"]["positions"] if p["object_id"] == "lift-B"
    ]
    quarterly, larger = added["plans"][0]["cycles"]
    assert (quarterly["cycle_id"], quarterly["tolerance_days"], quarterly["prepare_days_before"]) == (
        "quarterly",
        10,
        30,
    )
    assert (larger["persons"], larger["minutes"], larger["skills"]) == (2, 90, ["hydraulic", "traction"])
    assert (larger["tolerance_days"], larger["prepare_days_before"], larger["absorbs_within_tolerance"]) == (
        5,
        14,
        True,
    )
    due = await firm.due(**{"from": "2026-08-18", "to": "2026-08-18"})
    assert [each["service"] for each in due] == ["yearly"]


async def test_the_services_of_a_position_are_changed_and_ended(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    form = await firm.page(f"{address}/new?what=cycles&position=A")
    for words in ('value="quarterly"', 'value="yearly"', 'name="service_1"', 'value="test weights 1000 kg"'):
        assert words in form
    rows = {"what": "cycles", "position_id": "A", "day": "2026-07-01", "cycles": "1"}
    faster = {**rows, "service_0": "quarterly", "every_0": "2", "first_0": "2026-07-15", "cycle_0": "quarterly"}
    signed = await firm.send(address, faster)
    assert signed.status_code == 303, signed.text
    await firm.suite.settle()
    plans = (await firm.suite.get("/contracts/C-1")).json()["terms"]["positions"][0]["plans"]
    assert [each["cycle_id"] for each in plans[-1]["cycles"]] == ["quarterly 2026-07-15"]
    ended = await firm.send(address, {**rows, "day": "2026-10-01"})
    assert "dès le 1 oct. 2026 : aucune" in await firm.page(ended.headers["location"])
    assert [each for each in await firm.due(**{"from": "2026-10-01"}) if each["object_id"] == "lift-A"] == []


async def test_another_coverage_is_agreed_and_shown_again(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    form = await firm.page(f"{address}/new?what=coverage")
    assert ('name="parts" type="text" value="50"' in form, 'name="covers_maintenance" value="yes" checked' in form) == (
        True,
        True,
    )
    new = {"what": "coverage", "day": "2026-07-01", "labour": "100", "travel": "50", "expense": "20", "visits": "6"}
    signed = await firm.send(address, {**new, "covers_fault": "yes", "covers_maintenance": "yes"})
    assert "dès le 1 juil. 2026 : main-d’œuvre 100 %, déplacement 50 %, pièces 0 %" in await firm.page(
        signed.headers["location"]
    )
    held = (await firm.suite.get("/contracts/C-1")).json()["terms"]["coverages"][-1]
    assert (held["order_types"], held["visits"], held["shares"]["expense"]) == (["maintenance", "fault"], 6, "0.2")


async def test_only_who_may_sell_may_amend(firm: Any, bodies: dict[str, Any]) -> None:
    address = await begun(firm, bodies)
    assert (await firm.send(address, B, role="technician")).status_code == 403
    assert (await firm.send("/contracts/pages/contracts/nothing/amendments", B)).status_code == 404
