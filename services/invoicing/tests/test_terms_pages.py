"""A debtor's terms are set on a page, and its account shows them, what it owes, and what was posted elsewhere."""

from datetime import date
from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
ACCOUNT = "/invoicing/pages/debtors/K1"
FULL = {
    "due_days": "10",
    "rule": "month_end",
    "approve": "yes",
    "order_number_required": "yes",
    "channel": "letter",
    "language": "de",
    "vat_number": "CHE-123.456.788",
    "since_0": "2026-01-01",
    "code_0": "exempt",
    "travel": "flat",
    "minimum_charge": "1'50,50",
    "grace_days": "7",
    "days_between": "14",
    "levels": "2",
    "fee_1": "20",
    "interest": "5",
}


@ON_BOTH
async def test_debtors_are_found_by_number_or_name_and_lead_to_their_terms(firm: Any) -> None:
    everybody = await firm.page("/invoicing/pages/debtors")
    assert f"{ACCOUNT}/terms" in everybody
    found = await firm.page("/invoicing/pages/debtors", params={"q": "gerber"})
    assert ("Metallbau Gerber AG" in found, "Clinique" in found) == (True, False)
    assert "No debtor is called so." in await firm.page("/invoicing/pages/debtors", params={"q": "nobody"})
    first = await firm.page("/invoicing/pages/debtors", params={"limit": "2"})
    assert 'rel="next"' in first


async def test_the_terms_of_a_debtor_are_set_whole_on_their_page(firm: Any) -> None:
    form = await firm.filled(f"{ACCOUNT}/terms")
    answer = await firm.send(f"{ACCOUNT}/terms", **form | FULL)
    assert answer.status_code == 303, answer.text
    terms = await firm.ask("GET", "/invoicing/debtors/K1")
    assert {name: terms[name] for name in ("due_days", "rule", "approve", "channel", "language", "travel")} == {
        "due_days": 10,
        "rule": "month_end",
        "approve": True,
        "channel": "letter",
        "language": "de",
        "travel": "flat",
    }
    assert (terms["minimum_charge"], terms["vat_number"], terms["order_number_required"]) == (
        "150.50",
        "CHE-123.456.788",
        True,
    )
    assert terms["tax_codes"] == [{"valid_from": "2026-01-01", "code": "exempt"}]
    rule = {"grace_days": 7, "days_between": 14, "levels": 2, "fees": ["0.00", "20"], "interest": "5"}
    assert {name: terms["reminders"][name] for name in rule} == rule
    again = await firm.filled(f"{ACCOUNT}/terms")
    assert again | FULL | {"minimum_charge": "150.50", "seen": ""} == again | {"seen": ""}
    assert (await firm.send(f"{ACCOUNT}/terms", **again)).status_code == 303
    assert await firm.ask("GET", "/invoicing/debtors/K1") == terms
    shown = await firm.page(ACCOUNT)
    assert ("By letter" in shown, "CHE-123.456.788" in shown, "CHF\N{NO-BREAK SPACE}150.50" in shown) == (True,) * 3
    assert "Modifier les conditions" in await firm.page(ACCOUNT, FRENCH)


async def test_wrong_terms_are_refused_at_their_fields_and_nothing_typed_is_lost(firm: Any) -> None:
    form = await firm.filled(f"{ACCOUNT}/terms")
    wrong = {"due_days": "soon", "currency": "francs", "code_0": "exempt", "rule": "never", "vat_number": "CHE-9"}
    refused = await firm.send(f"{ACCOUNT}/terms", **form | wrong)
    assert refused.status_code == 422
    for text in ("Write a whole number", "three capital letters", "Fill this in.", "Choose one of the list.", "CHE-9"):
        assert text in refused.text
    unknown = await firm.send(f"{ACCOUNT}/terms", **form | {"since_0": "2026-01-01", "code_0": "luxury"})
    assert (unknown.status_code, "Enter the VAT rates of the tax code luxury" in unknown.text) == (409, True)
    assert (await firm.ask("GET", "/invoicing/debtors/K1"))["due_days"] == 30


async def test_terms_that_somebody_changed_meanwhile_are_not_overwritten(firm: Any) -> None:
    form = await firm.filled(f"{ACCOUNT}/terms")
    assert (await firm.send(f"{ACCOUNT}/terms", **form | {"due_days": "10"})).status_code == 303
    assert (await firm.send(f"{ACCOUNT}/terms", **form | {"due_days": "10"})).status_code == 303
    late = await firm.send(f"{ACCOUNT}/terms", **form | {"due_days": "45"})
    assert (late.status_code, "Someone has changed this meanwhile" in late.text) == (409, True)
    assert (await firm.ask("GET", "/invoicing/debtors/K1"))["due_days"] == 10


async def test_only_bookkeepers_set_terms_and_only_of_who_is_known(firm: Any) -> None:
    html = {"Accept": "text/html"}
    assert (await firm.suite.get(f"{ACCOUNT}/terms", role="viewer", headers=html)).status_code == 403
    assert (await firm.send(f"{ACCOUNT}/terms", role="planner")).status_code == 403
    answer = await firm.suite.get("/invoicing/pages/debtors/nobody/terms", role="bookkeeper", headers=html)
    assert answer.status_code == 404


async def billed(firm: Any) -> str:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    (invoice,) = await firm.invoices()
    return str(invoice["document_id"])


async def test_a_disputed_invoice_is_kept_out_of_the_reminders_and_let_in_again(firm: Any) -> None:
    invoice = await billed(firm)
    told = {"invoice": invoice, "hold": "disputed", "reason": "wrong lift"}
    assert (await firm.send(f"{ACCOUNT}/hold", **told)).status_code == 303
    assert "Let it be reminded again" in await firm.page(ACCOUNT)
    assert (await firm.send(f"{ACCOUNT}/release", invoice=invoice)).status_code == 303
    assert "Let it be reminded again" not in await firm.page(ACCOUNT)
    assert (await firm.send(f"{ACCOUNT}/hold", role="viewer", **told)).status_code == 403


async def test_what_is_in_favour_pays_an_invoice(firm: Any) -> None:
    paid = {"amount": "50.00", "received_on": "2026-01-02", "currency": "CHF"}
    assert (await firm.send(f"{ACCOUNT}/payments", **paid)).status_code == 303
    invoice = await billed(firm)
    assert "Pay it with what is in favour" in await firm.page(ACCOUNT)
    assert (await firm.send(f"{ACCOUNT}/set-off", invoice=invoice)).status_code == 303
    shown = await firm.page(ACCOUNT)
    assert ("In favour of the debtor" in shown, "CHF\N{NO-BREAK SPACE}1’117.50" in shown) == (False, True)


@ON_BOTH
async def test_account_and_journal_say_what_was_posted_in_another_month(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    firm.suite.runtime("invoicing").today = lambda: date(2026, 2, 4)  # the business day, as a test may set it
    closed = await firm.send("/invoicing/pages/journal/close", month="2026-01-01")
    assert closed.status_code == 303
    quiet = await firm.page(closed.headers["location"])
    assert "Nothing that bears a day in it was posted elsewhere." in quiet
    await firm.run(date(2026, 1, 1))
    paid = {"amount": "100.00", "received_on": "2026-01-20", "currency": "CHF"}
    answer = await firm.send(f"{ACCOUNT}/payments", **paid)
    told = "The payment of 20 January 2026 is posted on 1 February 2026: its month is closed."
    assert told in await firm.page(answer.headers["location"])
    account = await firm.page(ACCOUNT)
    assert told not in account
    assert "posted on 1 Feb 2026: its month was closed" in account
    assert "dated 20 Jan 2026, in a closed month" in account
    journal = await firm.page("/invoicing/pages/journal", params={"month": "2026-01-01"})
    assert "The books are closed until 31 January 2026." in journal
    assert journal.index("Bears a day in this month") < journal.index("Invoice R2026-0001")
    assert "comptabilisé le 1 févr. 2026 : son mois était clos" in await firm.page(ACCOUNT, FRENCH)
