"""What a bookkeeper sees: documents, how their lines came about, what is owed, and the billing run."""

from datetime import date
from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def billed(firm: Any) -> str:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    answer = await firm.send("/invoicing/pages/run", of="fees", day="2026-01-01")
    assert answer.status_code == 303
    (invoice,) = await firm.invoices()
    return str(invoice["document_id"])


async def test_empty_pages_say_what_to_do(firm: Any) -> None:
    assert "Nothing has been billed yet." in await firm.page("/invoicing/")
    assert "Rien n’a encore été facturé." in await firm.page("/invoicing/", FRENCH)
    assert "Everything is paid." in await firm.page("/invoicing/pages/open-items")
    assert "All fees that are due by this day are billed." in await firm.page("/invoicing/pages/run")


async def test_a_dry_run_then_the_run_then_the_document(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    dry = await firm.page("/invoicing/pages/run", params={"day": "2026-01-01"})
    assert "C-1" in dry
    assert "CHF\N{NO-BREAK SPACE}1’167.50" in dry
    document_id = await billed(firm)
    assert "R2026-0001" in await firm.page("/invoicing/", params={"q": "0001", "state": "open"})
    assert "No document is like this." in await firm.page("/invoicing/", params={"kind": "credit_note"})
    shown = await firm.page(f"/invoicing/pages/documents/{document_id}")
    for text in ("Contrat C-1", "87.48", "0.02", "Régie Delacroix SA", f"/invoicing/invoices/{document_id}/pdf"):
        assert text in shown
    proof = await firm.page(f"/invoicing/pages/documents/{document_id}/lines/A/2026-01-01/1")
    assert "How this line came about" in proof
    assert ">181<" in proof


async def test_the_proof_of_work_shows_who_bears_it(firm: Any) -> None:
    done = "service 3.00, part 1 guide-shoes"
    await firm.work("v2", "A", date(2026, 4, 15), done, shares=firm.covered, kind="maintenance")
    (invoice,) = await firm.invoices()
    proof = await firm.page(f"/invoicing/pages/documents/{invoice['document_id']}/lines/v2-r1/2")
    assert "The contract bears a part" in proof
    assert "64.45" in proof


@ON_BOTH
async def test_a_payment_settles_what_is_owed(firm: Any) -> None:
    document_id = await billed(firm)
    assert "PPE Résidence du Parc" in await firm.page("/invoicing/pages/open-items")
    account = "/invoicing/pages/debtors/K1"
    assert "R2026-0001" in await firm.page(account)
    told = {"received_on": "2026-01-20", "invoices": document_id}
    wrong = await firm.send(f"{account}/payments", amount="lots", **told)
    assert (wrong.status_code, "Enter the amount that came" in wrong.text) == (422, True)
    assert (await firm.send(f"{account}/payments", amount="1’167.50", **told)).status_code == 303
    assert "This debtor owes nothing." in await firm.page(account)


async def test_a_document_is_voided_with_a_reason_by_a_bookkeeper(firm: Any) -> None:
    document_id = await billed(firm)
    address = f"/invoicing/pages/documents/{document_id}"
    assert (await firm.send(f"{address}/void", role="viewer", reason="x")).status_code == 403
    assert (await firm.send(f"{address}/void", reason="wrong recipient")).status_code == 303
    assert "wrong recipient" in await firm.page(address)


async def test_an_amendment_is_priced_for_the_page_of_its_contract(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a))
    proposed = firm.version(2, firm.lift_a, firm.door_c).model_dump_json()
    address = "/invoicing/pages/contracts/c-1/preview"
    whole = await firm.send(address, terms=proposed)
    assert (whole.status_code, "Supplement, net" in whole.text, "<html" in whole.text) == (200, True, True)
    part = await firm.suite.request(
        "POST", address, "planner", data={"terms": proposed}, headers=ENGLISH | {"HX-Request": "true"}
    )
    assert ("Next regular bill" in part.text, "<html" in part.text) == (True, False)
    assert (await firm.send(address, terms="{}")).status_code == 422


async def test_a_price_is_set_for_a_customer_and_a_category_and_stands_in_the_proof(firm: Any) -> None:
    told = {"article": "labour", "price": "120.00", "valid_from": "2026-01-01", "last_day": "", "currency": "CHF"}
    answer = await firm.send("/invoicing/pages/prices", **told, customer="K4", category="lift")
    assert answer.status_code == 303, answer.text
    shown = await firm.page("/invoicing/pages/prices")
    assert "Metallbau Gerber AG · lift" in shown
    assert "Everybody" in shown
    await firm.work("o1", "hydraulic", date(2026, 4, 15), "repair 2")
    (invoice,) = await firm.invoices()
    proof = await firm.page(f"/invoicing/pages/documents/{invoice['document_id']}/lines/o1-r1/1")
    assert "Metallbau Gerber AG · lift" in proof
    assert "240.00" in proof


async def test_a_price_for_nobody_or_of_nothing_is_refused_at_the_form(firm: Any) -> None:
    told = {"article": "labour", "valid_from": "2026-01-01"}
    nobody = await firm.send("/invoicing/pages/prices", **told, price="120", customer="K99")
    assert "No customer has this number" in nobody.text
    unread = await firm.send("/invoicing/pages/prices", **told, price="a lot")
    assert "Enter the net price of a unit" in unread.text
    assert "120" not in await firm.page("/invoicing/pages/prices")
