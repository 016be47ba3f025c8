"""What the office sees of its contracts, with and without JavaScript."""

from typing import Any

PAGE = {"Accept": "text/html", "Accept-Language": "fr"}
HTMX = {**PAGE, "HX-Request": "true"}
B = {
    "what": "add",
    "position_id": "B",
    "day": "2026-05-18",
    "object_id": "LIFT-B",
    "fee": "1'320.00",
    "service": "quarterly",
    "every_months": "3",
    "anchor": "2026-08-18",
}


async def show(firm: Any, path: str, headers: dict[str, str] = PAGE, role: str = "planner") -> str:
    answer = await firm.suite.get(path, role, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def submit(firm: Any, path: str, data: dict[str, str], headers: dict[str, str] = PAGE) -> Any:
    return await firm.suite.request("POST", path, "planner", data=data, headers=headers)


async def test_the_list_is_empty_then_shows_contracts(firm: Any, bodies: dict[str, Any]) -> None:
    assert "Aucun contrat" in await show(firm, "/contracts/")
    contract = await firm.sign(bodies["C-1"])
    assert f"/contracts/pages/contracts/{contract}" in await show(firm, "/contracts/")
    assert "C-1" not in (await show(firm, "/contracts/?q=X", HTMX)).replace("C-10", "")


async def test_a_contract_shows_its_versions_services_and_faults(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.run("2026-01-01")
    text = await show(firm, f"/contracts/pages/contracts/{contract}")
    for words in ("Prestations 2026", "15 janv. 2026", "promise", "ouverte", "CHF\u00a01’680.00", "party-K1"):
        assert words in text
    assert "Signer" in text
    assert "Signer" not in await show(firm, f"/contracts/pages/contracts/{contract}", role="viewer")


async def test_an_amendment_is_shown_first_and_then_signed(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.register("lift-B")
    address = f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}/amendments"
    tried = await submit(firm, f"{address}/preview", B, HTMX)
    assert "18 août 2026" in tried.text
    assert "Heures de travail des douze prochains mois" in tried.text
    assert "18 novembre 2026" in tried.text
    assert "<html" not in tried.text
    plain = await submit(firm, f"{address}/preview", B)
    assert ("18 novembre 2026" in plain.text, 'value="LIFT-B"' in plain.text) == (True, True)
    signed = await submit(firm, address, B)
    assert signed.status_code == 303
    assert "lift-B" in await show(firm, signed.headers["location"])
    assert (await firm.suite.get("/contracts/C-1")).json()["version"] == 2


async def test_a_form_that_lacks_something_says_so(firm: Any, bodies: dict[str, Any]) -> None:
    address = f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}/amendments"
    without = await submit(firm, address, {**B, "object_id": ""})
    assert (without.status_code, "Choisissez l’objet" in without.text) == (409, True)
    unknown = await submit(firm, address, {**B, "object_id": "nothing"})
    assert (unknown.status_code, "n’est pas connu" in unknown.text) == (409, True)
    unreadable = await submit(firm, address, {**B, "fee": "much"})
    assert (unreadable.status_code, "Écrivez un montant" in unreadable.text) == (422, True)
    for wrong in (
        {"day": "9999-12-31"},
        {"what": "burn"},
        {"every_months": "0"},
        {"service": "x" * 101},
        {"fee": "1.005"},
    ):
        answer = await submit(firm, address, {**B, **wrong})
        assert (answer.status_code, next(iter(wrong)) in answer.text) == (422, True)


async def test_what_falls_due_is_shown_and_prepared(firm: Any, bodies: dict[str, Any]) -> None:
    assert "Aucune prestation" in await show(firm, "/contracts/pages/due")
    await firm.sign(bodies["C-1"])
    assert "promise" in await show(firm, "/contracts/pages/due", HTMX)
    assert (await submit(firm, "/contracts/pages/runs", {"day": "2026-01-01"})).status_code == 303
    shown = await show(firm, "/contracts/pages/due")
    assert "Le traitement du 1 janvier 2026 a préparé : 1." in shown
    assert "ouverte" in shown
    refused = await firm.suite.request("POST", "/contracts/pages/runs", "viewer", data={"day": "2026-01-01"})
    assert refused.status_code == 403


async def test_an_amendment_that_bills_is_handed_on_to_be_priced(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.register("lift-B")
    contract = await firm.sign(bodies["C-1"])
    tried = await submit(firm, f"/contracts/pages/contracts/{contract}/amendments/preview", B, HTMX)
    assert f'action="/invoicing/pages/contracts/{contract}/preview"' in tried.text
    assert "1320.00" in tried.text
