"""A bookkeeper gives back a part of an invoice: by HTTP and on its page."""

import re
from datetime import date
from typing import Any

from carnet.events.invoicing import CreditNoteIssued

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
LIFT, DOOR = "A/2026-01-01/1", "C/2026-01-01/1"
FEES = {"reason": "three faults in a month", "lines": {LIFT: "100.00", DOOR: "40.00"}, "date": "2026-01-20"}


async def billed(firm: Any) -> str:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    (invoice,) = await firm.invoices()
    return f"/invoicing/invoices/{invoice['document_id']}"


async def left(firm: Any, invoice: str) -> list[tuple[str, str]]:
    return [(each["line_id"], each["left"]) for each in (await firm.suite.get(f"{invoice}/goodwill")).json()]


async def test_a_goodwill_credit_is_a_credit_note_that_names_each_line(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", f"{invoice}/goodwill", FEES)
    note = await firm.by_number("G2026-0001")
    assert (note["net"], note["vat_by_rate"], note["payable"]) == ("140.00", {"8.1": "11.34"}, "151.35")
    named = [each["corrects"] for block in note["blocks"] for each in block["lines"]]
    assert [(each["number"], each["line_id"]) for each in named] == [("R2026-0001", LIFT), ("R2026-0001", DOOR)]
    assert [each["number"] for each in note["corrects"]] == ["R2026-0001"]
    assert note["rendered"]
    assert (await firm.by_number("R2026-0001"))["open_amount"] == "1016.15"  # 1167.50 less 151.35
    assert await left(firm, invoice) == [(LIFT, "740.00"), (DOOR, "200.00")]


async def test_r8_a_goodwill_credit_never_reopens_a_period(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", f"{invoice}/goodwill", FEES)
    assert (await firm.run(date(2026, 1, 21)))["billed"] == 0
    await firm.sign(firm.version(2, firm.lift_a, firm.door_c.model_copy(update={"last_day": date(2026, 3, 31)})))
    await firm.run(date(2026, 4, 1))
    credit = await firm.by_number("G2026-0002")  # 91 of 181 days of the door, as if no goodwill had been
    assert credit["net"] == "120.66"
    assert [each["corrects"]["line_id"] for each in credit["blocks"][0]["lines"]] == [DOOR]
    assert await left(firm, invoice) == [(LIFT, "740.00"), (DOOR, "79.34")]


async def test_a_goodwill_credit_that_is_sent_again_is_granted_once(firm: Any) -> None:
    invoice = await billed(firm)
    for _ in range(2):
        await firm.ask("POST", f"{invoice}/goodwill", FEES, headers={"Idempotency-Key": "gesture-1"})
    assert len(await firm.invoices(kind="credit_note")) == 1


async def test_a_voided_goodwill_credit_is_owed_again_and_may_be_granted_again(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", f"{invoice}/goodwill", {"reason": "a gesture", "rates": {"8.1": "1080.00"}})
    (note,) = await firm.invoices(kind="credit_note")
    assert (await firm.by_number("R2026-0001"))["state"] == "settled"
    assert await left(firm, invoice) == []
    await firm.ask("POST", f"/invoicing/invoices/{note['document_id']}/void", {"reason": "a slip"})
    assert (await firm.by_number("R2026-0001"))["open_amount"] == "1167.50"
    assert await left(firm, invoice) == [(LIFT, "840.00"), (DOOR, "240.00")]
    assert (await firm.run(date(2026, 1, 3)))["billed"] == 0
    assert (await firm.suite.get("/invoicing/ops/dead-letters")).json() == []


async def test_work_is_given_back_too_and_only_of_an_invoice(firm: Any) -> None:
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    (invoice,) = await firm.invoices()
    address = f"/invoicing/invoices/{invoice['document_id']}/goodwill"
    await firm.ask("POST", address, {"reason": "late", "lines": {"f1-r1/1": "26.25"}, "date": "2026-04-08"})
    (note,) = await firm.invoices(kind="credit_note")
    assert (note["net"], note["vat"]) == ("26.25", "2.13")
    answer = await firm.suite.post(address.replace(invoice["document_id"], note["document_id"]), FEES)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Credit an invoice: G2026-0001 is none.")
    assert (await firm.suite.post(address, FEES, role="planner")).status_code == 403


async def test_r12_goodwill_first_takes_what_was_not_yet_earned(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", f"{invoice}/goodwill", {**FEES, "lines": {LIFT: "100.00"}, "date": "2026-04-01"})
    shown = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-03-31"})).json()
    assert shown["earned"] == {"CHF": "537.02"}  # 90 of 181 days of 840.00 and 240.00
    assert (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-06-30"})).json()["earned"] == {
        "CHF": "980.00"
    }


async def test_the_note_is_published_with_the_lines_that_it_corrects(firm: Any) -> None:
    invoice = await billed(firm)
    await firm.ask("POST", f"{invoice}/goodwill", FEES)
    events = (await firm.suite.get("/invoicing/events", role="admin")).json()["events"]
    (told,) = [CreditNoteIssued.model_validate(e["data"]) for e in events if e["type"] == CreditNoteIssued.TYPE]
    assert told.goodwill
    assert [line.corrects.line_id for line in told.document.lines if line.corrects] == [LIFT, DOOR]


async def test_the_page_of_an_invoice_has_the_form_and_takes_it_once(firm: Any) -> None:
    invoice = await billed(firm)
    page = invoice.replace("/invoicing/", "/invoicing/pages/").replace("/invoices/", "/documents/")
    shown = (await firm.suite.get(page, role="bookkeeper", headers=ENGLISH)).text
    once = re.search(r'name="once" value="([^"]+)"', shown)
    assert once
    assert "Give a part of it back" in shown
    form = {"once": once[1], "reason": "a gesture", "line": [LIFT, DOOR], "amount": ["100.00", ""]}
    for _ in range(2):
        assert (await firm.send(f"{page}/goodwill", **form)).status_code == 303
    await firm.suite.settle()
    (note,) = await firm.invoices(kind="credit_note")
    assert note["net"] == "100.00"
    shown = (await firm.suite.get(page, role="bookkeeper", headers=ENGLISH)).text
    assert "G2026-0001" in shown
    too_much = await firm.send(f"{page}/goodwill", **(form | {"once": "another", "amount": ["740.01", ""]}))
    assert (too_much.status_code, "Give back at most 740.00" in too_much.text) == (409, True)
    wrong = await firm.send(f"{page}/goodwill", **(form | {"once": "third", "amount": ["much", ""]}))
    assert wrong.status_code == 422
