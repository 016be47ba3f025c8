"""The books over a half-year: what is posted, what is closed, what is released."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


async def balances(firm: Any, **days: str) -> dict[str, Decimal]:
    """Give debit less credit by account."""
    await firm.suite.settle()
    found = (await firm.suite.get("/invoicing/journal/balances", params=YEAR | days)).json()
    return {each["account"]: Decimal(each["debit"]) - Decimal(each["credit"]) for each in found}


async def entries(firm: Any, **days: str) -> list[dict[str, Any]]:
    await firm.suite.settle()
    page = (await firm.suite.get("/invoicing/journal", params=YEAR | days)).json()
    return list(page["items"])


async def billed(firm: Any) -> str:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    (invoice,) = await firm.invoices()
    return str(invoice["document_id"])


async def pay(firm: Any, amount: str, on: str) -> Any:
    return await firm.ask("POST", "/invoicing/payments", {"debtor_id": "K1", "amount": amount, "received_on": on})


@ON_BOTH
async def test_documents_payments_and_voids_are_posted_once_and_the_books_balance(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    await pay(firm, "1200.00", "2026-02-01")
    found = await entries(firm)
    assert [(e["source"], e["dated"], e["reference"]) for e in found] == [
        ("invoice", "2026-01-01", "R2026-0001"),
        ("payment", "2026-02-01", ""),
        ("invoice", "2026-04-07", "R2026-0002"),
    ]
    assert found[0]["document_id"] == invoice
    now = await balances(firm)
    assert sum(now.values()) == 0
    assert (now["1020"], now["1100"], now["2300"]) == (Decimal(1200), Decimal("431.85"), Decimal(-1080))
    await firm.ask("POST", f"/invoicing/invoices/{invoice}/void", {"reason": "slip", "date": "2026-05-02"})
    after = await balances(firm)
    assert (after["2300"], after["1100"]) == (Decimal(0), Decimal("-735.65"))
    assert sum(after.values()) == 0
    assert len(await entries(firm)) == 4


async def test_the_journal_goes_on_by_cursor(firm: Any) -> None:
    for n in range(3):
        await firm.work(f"f{n}", "A", date(2026, 4, 7), "repair 1.00")
    first = (await firm.suite.get("/invoicing/journal", params=YEAR | {"limit": "2"})).json()
    rest = (await firm.suite.get("/invoicing/journal", params=YEAR | {"limit": "2", "cursor": first["next"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)


async def test_a_posting_date_in_a_closed_month_goes_to_the_next_open_one_and_says_so(firm: Any) -> None:
    await billed(firm)
    firm.suite.runtime("invoicing").today = lambda: date(2026, 3, 4)  # the business day, as a test may set it
    for month in ("2026-01", "2026-02"):
        await firm.ask("POST", f"/invoicing/months/{month}/close")
    assert (await firm.suite.get("/invoicing/months")).json() == {
        "closed_until": "2026-02-28",
        "open_from": "2026-03-01",
    }
    answer = await pay(firm, "100.00", "2026-02-20")
    assert (answer["posted_on"], answer["note"]) == (
        "2026-03-01",
        "2026-02 is closed: posted on 2026-03-01, the next open day.",
    )
    (entry,) = [each for each in await entries(firm) if each["source"] == "payment"]
    assert (entry["dated"], entry["posted_on"], entry["note"]) == ("2026-02-20", "2026-03-01", answer["note"])
    answer = await pay(firm, "100.00", "2026-03-02")
    assert (answer["posted_on"], answer["note"]) == ("2026-03-02", None)


async def test_months_are_closed_by_a_bookkeeper_in_order_when_they_are_over(firm: Any) -> None:
    firm.suite.runtime("invoicing").today = lambda: date(2026, 3, 4)
    close = "/invoicing/months/2026-0{}/close"
    assert (await firm.suite.post(close.format(1), role="planner")).status_code == 403
    early = await firm.suite.post(close.format(3))
    assert (early.status_code, early.json()["detail"]) == (409, "Close 2026-03 after its last day, 2026-03-31.")
    await firm.ask("POST", close.format(1))
    await firm.ask("POST", close.format(2))
    older = await firm.suite.post("/invoicing/months/2026-01/reopen")
    assert older.json()["detail"] == "Reopen 2026-02 first: only the newest closed month can be reopened."
    await firm.ask("POST", "/invoicing/months/2026-02/reopen")
    assert (await firm.suite.get("/invoicing/months")).json()["closed_until"] == "2026-01-31"
    assert (await firm.suite.post("/invoicing/months/2026-13/close")).status_code == 422


async def test_r12_what_is_earned_is_released_by_a_run_once(firm: Any) -> None:
    await billed(firm)
    done = await firm.ask("POST", "/invoicing/releases", {"date": "2026-04-05"})
    assert (done["until"], done["documents"], done["released"]) == ("2026-03-31", 1, {"CHF": "537.02"})
    now = await balances(firm)
    assert (now["2300"], now["3400"]) == (Decimal("-542.98"), Decimal("-537.02"))
    assert [(e["dated"], e["reference"]) for e in await entries(firm) if e["source"] == "release"] == [
        (day, "R2026-0001") for day in ("2026-01-31", "2026-02-28", "2026-03-31")
    ]
    again = await firm.ask("POST", "/invoicing/releases", {"date": "2026-04-06"})
    assert (again["documents"], again["released"]) == (0, {})
    await firm.ask("POST", "/invoicing/releases", {"date": "2026-12-31"})
    assert (await balances(firm))["2300"] == 0
    deferred = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-03-31"})).json()
    assert (deferred["earned"], deferred["deferred"]) == ({"CHF": "537.02"}, {"CHF": "542.98"})


async def test_a_release_of_a_voided_invoice_is_taken_back_by_the_next_run(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", "/invoicing/releases", {"date": "2026-03-31"})
    await firm.ask("POST", f"/invoicing/invoices/{invoice}/void", {"reason": "slip", "date": "2026-04-10"})
    done = await firm.ask("POST", "/invoicing/releases", {"date": "2026-04-30"})
    assert done["released"] == {"CHF": "-537.02"}
    assert {account: amount for account, amount in (await balances(firm)).items() if amount} == {}


async def test_the_fee_of_a_reminder_is_posted_without_vat(firm: Any) -> None:
    await billed(firm)
    await firm.ask("PUT", "/invoicing/debtors/K1", {"reminders": {"fees": ["20.00"]}})
    await firm.run(date(2026, 2, 10), of="reminder-runs")
    (entry,) = [each for each in await entries(firm) if each["source"] == "reminder"]
    assert [(each["account"], each["debit"], each["credit"]) for each in entry["lines"]] == [
        ("1100", "20.00", "0.00"),
        ("3600", "0.00", "20.00"),
    ]


async def test_what_the_journal_says_of_receivables_is_what_debtors_owe(firm: Any) -> None:
    await billed(firm)
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    await pay(firm, "1500.00", "2026-04-20")
    await firm.sign(firm.version(2, firm.lift_a, firm.door_c.model_copy(update={"last_day": date(2026, 3, 31)})))
    await firm.run(date(2026, 5, 1))
    owed = (await firm.suite.get("/invoicing/open-items", params={"debtor": "K1"})).json()
    open_amount = sum(Decimal(item["open_amount"]) for item in owed["items"])
    assert (await balances(firm))["1100"] == open_amount - Decimal(owed["in_favour"].get("CHF", "0"))


async def test_a_bookkeeper_releases_and_closes_a_month_on_its_page(firm: Any) -> None:
    assert "Nothing was posted in this month." in await firm.page("/invoicing/pages/journal")
    invoice = await billed(firm)
    early = await firm.send("/invoicing/pages/journal/close", month="2026-01-01")
    assert (early.status_code, "Close 2026-01 after its last day" in early.text) == (409, True)
    firm.suite.runtime("invoicing").today = lambda: date(2026, 2, 2)
    for action in ("release", "close"):
        assert (await firm.send(f"/invoicing/pages/journal/{action}", month="2026-01-01")).status_code == 303
    shown = await firm.page("/invoicing/pages/journal?month=2026-01-15")
    for text in ("This month is closed", "R2026-0001", "3400", "Reopen the month"):
        assert text in shown
    await pay(firm, "100.00", "2026-01-20")
    assert "in a closed month" in await firm.page("/invoicing/pages/journal?month=2026-02-01")
    assert "Earned of" in await firm.page(f"/invoicing/pages/documents/{invoice}")
    assert (await firm.send("/invoicing/pages/journal/reopen", month="2026-01-01")).status_code == 303
