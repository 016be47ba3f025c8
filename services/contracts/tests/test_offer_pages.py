"""A person writes an offer in a form, is told at each field what is wrong, and signs it by a button."""

from typing import Any

import pytest

from carnet.events.objects import PartyRegistered

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

FORM = "/contracts/pages/offers/new"
WRITTEN = {
    "rows": "2",
    "number": "C-7",
    "kind": "maintenance",
    "debtor": "Terrasses",
    "start": "2026-01-01",
    "billed_every": "6",
    "object_0": "LIFT-A",
    "fee_0_0": "1'680.00",
    "service_0_0": "quarterly",
    "every_0_0": "3",
    "first_0_0": "2026-01-15",
    "labour": "100",
    "parts": "50",
    "valid_until": "2026-01-31",
    "do": "offer",
}


async def known(firm: Any) -> None:
    await firm.register("lift-A")
    for number, name in (("K1", "PPE Les Terrasses"), ("K2", "Hôtel Lac"), ("K3", "Hôtel Gare")):
        party = PartyRegistered(party_id=f"party-{number}", number=number, name=name)
        await firm.suite.publish(f"party-{number}", party)
    await firm.suite.settle()


async def test_an_offer_is_written_without_json_and_signed_by_a_button(firm: Any) -> None:
    await known(firm)
    made = await firm.send(FORM, WRITTEN)
    assert made.status_code == 303, made.text
    offer = await firm.page(made.headers["location"])
    for words in ("PPE Les Terrasses", "CHF\u00a01’680.00", "31 janvier 2026", "Signer le contrat tel qu’offert", "50"):
        assert words in offer
    assert "C-7" in await firm.page("/contracts/pages/offers")
    address = made.headers["location"].split("?")[0]
    signed = await firm.send(f"{address}/signature", {})
    assert "PPE Les Terrasses" in await firm.page(signed.headers["location"])
    terms = (await firm.suite.get("/contracts/C-7")).json()["terms"]
    assert terms["parties"]["debtor_id"] == "party-K1"
    assert terms["billing"]["every_months"] == 6
    assert terms["coverages"][0]["shares"] == {"labour": "1", "travel": "0", "parts": "0.5", "expense": "0"}
    assert (await firm.suite.get(address, headers={"Accept": "text/html"})).status_code == 303


async def test_each_wrong_field_is_named_and_nothing_typed_is_lost(firm: Any) -> None:
    await known(firm)
    wrong = {
        "number": "",
        "debtor": "Hôtel",
        "start": "soon",
        "fee_0_0": "much",
        "every_0_0": "often",
        "object_1": "no",
    }
    answer = await firm.send(FORM, {**WRITTEN, **wrong})
    assert answer.status_code == 422
    for field in wrong:
        assert f'id="error-{field}"' in answer.text
    for words in ("Plusieurs s’appellent ainsi", "À remplir.", "Écrivez un jour", 'value="much"', 'value="quarterly"'):
        assert words in answer.text
    assert (await firm.suite.get("/contracts/offers")).json()["items"] == []


async def test_what_the_domain_refuses_is_said_in_the_form(firm: Any) -> None:
    await known(firm)
    answer = await firm.send(FORM, {**WRITTEN, "valid_until": "2025-12-31"})
    assert (answer.status_code, "dernier jour de cette offre est passé" in answer.text) == (409, True)
    assert 'value="LIFT-A"' in answer.text
    empty = await firm.send(FORM, {**WRITTEN, "valid_until": "", "object_0": ""})
    assert (empty.status_code, "au moins un objet" in empty.text) == (422, True)
    assert (await firm.send(FORM, WRITTEN, role="technician")).status_code == 403


async def test_another_object_and_a_contract_signed_already(firm: Any) -> None:
    await known(firm)
    more = await firm.send(FORM, {**WRITTEN, "do": "more rows"})
    assert ('name="object_2"' in more.text, 'value="quarterly"' in more.text) == (True, True)
    signed = await firm.send(FORM, {**WRITTEN, "do": "sign", "valid_until": ""})
    assert signed.headers["location"].startswith("/contracts/pages/contracts/")
    await firm.suite.settle()
    assert (await firm.suite.get("/contracts/C-7")).json()["version"] == 1


async def test_an_offer_is_revised_in_the_form_and_declined(firm: Any) -> None:
    await known(firm)
    address = (await firm.send(FORM, WRITTEN)).headers["location"].split("?")[0]
    await firm.suite.settle()
    again = await firm.page(f"{FORM}?offer={address.rsplit('/', 1)[1]}")
    for words in ('value="C-7"', 'value="1680.00"', 'value="quarterly"', 'value="2026-01-31"'):
        assert words in again
    closed = await firm.send(f"{address}/closing", {"outcome": "declined", "reason": "trop cher"})
    shown = await firm.page(closed.headers["location"])
    assert ("refusée" in shown, "trop cher" in shown, "/signature" in shown) == (True, True, False)


@ON_BOTH
async def test_customers_and_objects_are_suggested(firm: Any) -> None:
    await known(firm)
    assert "Hôtel Gare" in await firm.page("/contracts/pages/parties?debtor=tel")
    assert 'value="LIFT-A"' in await firm.page("/contracts/pages/objects?object_0=lift")
    assert "option" not in await firm.page("/contracts/pages/objects?object_0=l")
