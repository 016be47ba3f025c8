"""A person writes an offer in a form, is told at each field what is wrong, and signs it by a button."""

from html.parser import HTMLParser
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


ALL = {
    **WRITTEN,
    "cycles_0": "2",
    "service_0_1": "yearly",
    "every_0_1": "12",
    "first_0_1": "2026-04-15",
    "persons_0_1": "2",
    "minutes_0_1": "90",
    "skills_0_1": "hydraulic, traction",
    "equipment_0_1": "test weights",
    "tolerance_0_1": "20",
    "prepare_0_1": "45",
    "absorbs_0_1": "yes",
    "prices_0": "2",
    "from_0_1": "2026-07-01",
    "value_0_1": "100'000",
    "share_0_1": "1.8",
    "begins_0": "2026-02-01",
    "ends_0": "2026-11-30",
    "text_0": "Ascenseur A",
    "position_0": "A",
    "end": "2026-12-31",
    "notice": "3",
    "renews_for": "12",
    "timing": "in_arrears",
    "billed_before": "14",
    "proration": "months",
    "refund": "none",
    "anchored_to": "completed",
    "suspended_fee": "due",
    "expense": "25",
    "covers_fault": "yes",
    "visits": "8",
    "reactions": "1",
    "priority_0": "trapped",
    "within_0": "60",
    "warned_0": "15",
    "calendar_0": "always",
}


async def test_every_term_of_a_contract_can_be_typed_and_comes_back_when_it_is_revised(firm: Any) -> None:
    await known(firm)
    made = await firm.send(FORM, ALL)
    assert made.status_code == 303, made.text
    await firm.suite.settle()
    terms = (await firm.suite.get("/contracts/offers/C-7")).json()["terms"]
    [position] = terms["positions"]
    quarterly, yearly = position["plans"][0]["cycles"]
    assert (quarterly["tolerance_days"], quarterly["prepare_days_before"], quarterly["persons"]) == (10, 30, 1)
    assert yearly == {
        "cycle_id": "yearly",
        "service": "yearly",
        "every_months": 12,
        "anchor": "2026-04-15",
        "persons": 2,
        "minutes": 90,
        "skills": ["hydraulic", "traction"],
        "equipment": ["test weights"],
        "tolerance_days": 20,
        "prepare_days_before": 45,
        "absorbs_within_tolerance": True,
    }
    assert [price["valid_from"] for price in position["prices"]] == ["2026-02-01", "2026-07-01"]
    named = {name: position[name] for name in ("position_id", "first_day", "last_day", "text")}
    assert named == {"position_id": "A", "first_day": "2026-02-01", "last_day": "2026-11-30", "text": "Ascenseur A"}
    ways = {name: terms[name] for name in ("proration", "refund", "anchored_to", "suspended_fee", "notice")}
    assert ways == {
        "proration": "months",
        "refund": "none",
        "anchored_to": "completed",
        "suspended_fee": "due",
        "notice": {"months": 3, "renews_for_months": 12},
    }
    assert (terms["billing"]["timing"], terms["billing"]["bill_days_before"]) == ("in_arrears", 14)
    assert (terms["coverages"][0]["order_types"], terms["coverages"][0]["visits"]) == (["fault"], 8)
    agreed = {"priority": "trapped", "within_minutes": 60, "escalate_before_minutes": 15, "calendar": "always"}
    assert terms["reactions"] == [agreed]
    assert await sent_again(
        firm, await firm.page(f"{FORM}?offer={made.headers['location'].split('/')[-1].split('?')[0]}")
    )
    assert (await firm.suite.get("/contracts/offers/C-7")).json()["terms"] == terms


async def sent_again(firm: Any, page: str) -> bool:
    """Send the form of a page as it stands, as a browser does; says whether it was taken."""
    form = Form()
    form.feed(page)
    answer = await firm.send(FORM, {**form.values, "do": "offer"})
    await firm.suite.settle()
    return bool(answer.status_code == 303)


class Form(HTMLParser):
    """The fields of a page with what stands in them; those of a list are chosen where `selected` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "select":
            self.inside = told["name"]
        elif tag == "option" and "selected" in told:
            self.values[self.inside] = told["value"]
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.values[told["name"]] = told["value"]


async def test_rows_are_added_without_javascript_and_by_htmx(firm: Any) -> None:
    await known(firm)
    for counted, field in (("cycles_0", "service_0_1"), ("prices_0", "from_0_1"), ("reactions", "within_0")):
        more = await firm.send(FORM, {**WRITTEN, "do": f"more {counted}"})
        assert (f'name="{field}"' in more.text, 'value="LIFT-A"' in more.text) == (True, True)


REFUSED = [
    ({"billed_from": "2026-02-01"}, "billed_from"),
    ({"end": "2025-12-31"}, "end"),
    ({"begins_0": "2025-12-01"}, "begins_0"),
    ({"ends_0": "2025-12-01"}, "ends_0"),
    ({"prices_0": "2", "fee_0_1": "5", "from_0_1": "2025-12-31"}, "from_0_1"),
    ({"cycles_0": "2", "service_0_1": "quarterly", "every_0_1": "12"}, "service_0_0"),
    ({"object_1": "LIFT-A", "position_1": "1"}, "object_0"),
    ({"valid_until": "2025-12-31"}, "valid_until"),
]


async def test_what_the_domain_refuses_is_said_at_the_field_that_it_names(firm: Any) -> None:
    await known(firm)
    for wrong, field in REFUSED:
        refused = await firm.send(FORM, {**WRITTEN, **wrong})
        assert (refused.status_code, f'id="error-{field}"' in refused.text) == (409, True), (wrong, refused.text)
    unwarned = await firm.send(FORM, {**WRITTEN, "reactions": "1", "within_0": "30", "warned_0": "30"})
    assert (unwarned.status_code, 'id="error-warned_0"' in unwarned.text) == (422, True)
    await firm.send(FORM, {**WRITTEN, "do": "sign"})
    twice = await firm.send(FORM, {**WRITTEN, "do": "sign", "fee_0_0": "1"})
    assert (twice.status_code, 'id="error-number"' in twice.text) == (409, True)


async def test_an_offer_shows_the_visits_of_its_first_twelve_months(firm: Any) -> None:
    await known(firm)
    made = await firm.send(FORM, {**WRITTEN, "minutes_0_0": "90"})
    offer = await firm.page(made.headers["location"])
    for words in ("Les douze premiers mois", "15 octobre 2026", "Heures de travail", "6.00"):
        assert words in offer
