"""The demonstration's year, as the other contexts publish it: every document with its amounts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.events.contracts import Billing
from carnet.events.dispatch import OrderCancelled, OrderCreated

NEW_YEAR = date(2026, 1, 1)
YEAR = {
    "R2026-0001": ("2026-01-01", "K1", "1080.00", "87.48", "1167.48", "0.02", "1167.50"),
    "R2026-0002": ("2026-03-17", "K3", "291.30", "23.60", "314.90", "0.00", "314.90"),
    "R2026-0003": ("2026-04-01", "K2", "540.00", "43.74", "583.74", "0.01", "583.75"),
    "R2026-0004": ("2026-04-07", "K1", "429.55", "34.79", "464.34", "0.01", "464.35"),
    "R2026-0005": ("2026-04-15", "K1", "64.45", "5.22", "69.67", "-0.02", "69.65"),
    "R2026-0006": ("2026-05-31", "K2", "1898.15", "153.75", "2051.90", "0.00", "2051.90"),
    "R2026-0007": ("2026-06-01", "K1", "160.44", "13.00", "173.44", "0.01", "173.45"),
    "R2026-0008": ("2026-06-22", "K4", "434.45", "35.19", "469.64", "0.01", "469.65"),
    "R2026-0009": ("2026-07-01", "K1", "1740.00", "140.94", "1880.94", "0.01", "1880.95"),
    "R2026-0010": ("2026-07-06", "K4", "245.80", "19.91", "265.71", "-0.01", "265.70"),
    "G2026-0001": ("2026-09-01", "K1", "159.13", "12.89", "172.02", "-0.02", "172.00"),
}


async def first_half(firm: Any) -> None:
    """1 January to 1 June."""
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    assert await firm.run(NEW_YEAR) == {"run_date": "2026-01-01", "billed": 1, "nothing": 0, "parked": []}
    for day in (NEW_YEAR, date(2026, 1, 2)):
        assert (await firm.run(day))["billed"] == 0
    await firm.work("v1", "A", date(2026, 1, 15), "service 1.50, km 24", shares=firm.covered, kind="maintenance")
    subscription = {"contract_id": "c-2", "number": "C-2", "kind": "subscription", "debtor_id": "K3", "billing": None}
    await firm.sign(firm.version(1, **subscription))
    done = "service 1.50, km 46, part 1 oil"
    await firm.work("s1", "waiter", date(2026, 3, 17), done, kind="subscription")
    licence = firm.position("LW", "540.00", date(2026, 4, 1))
    yearly = {"start": date(2026, 4, 1), "billing": Billing(every_months=12, anchor=date(2026, 4, 1))}
    named = {"contract_id": "c-3", "number": "C-3", "kind": "licence", "debtor_id": "K2"}
    await firm.sign(firm.version(1, licence, **named, **yearly))
    await firm.run(date(2026, 4, 1))
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    two = ("service 3.00, km 24, part 1 guide-shoes", "service 3.00")
    await firm.work("v2", "A", date(2026, 4, 15), *two, shares=firm.covered, kind="maintenance")


async def summer(firm: Any) -> None:
    """5 May to 6 July."""
    await firm.work("f2", "bed-1", date(2026, 5, 5), "repair 3.00, km 18, part 1 cpu-board", "repair 3.00")
    await firm.work("f3", "bed-2", date(2026, 5, 12), "repair 1.50, km 18")
    await firm.work("f4", "bed-1", date(2026, 5, 27), "repair 0.75, km 18, part 2 lamp")
    await firm.sign(
        firm.version(2, firm.lift_a, firm.lift_b, firm.door_c, valid_from=date(2026, 5, 18), recorded=date(2026, 5, 6))
    )
    collected = await firm.run(date(2026, 5, 31), of="collective-runs")
    assert [(each["orders"], each["payable"]) for each in collected["groups"]] == [(["f2", "f3", "f4"], "2051.90")]
    assert (await firm.run(date(2026, 5, 31), of="collective-runs"))["groups"] == []
    await firm.run(date(2026, 6, 1))
    await firm.work("f5", "hydraulic", date(2026, 6, 22), "repair 1.75, km 84, part 2 seal-kit")
    await firm.run(date(2026, 7, 1))
    await firm.work("f6", "hydraulic", date(2026, 7, 6), "repair 1.00, km 84")


async def second_half(firm: Any) -> None:
    """14 August to 31 December."""
    reminded = await firm.run(date(2026, 8, 14), of="reminder-runs")
    assert ("K4", "735.35") in [(each["debtor_id"], each["total"]) for each in reminded["reminders"]]
    assert (await firm.run(date(2026, 8, 14), of="reminder-runs"))["reminders"] == []
    await pay(firm, "K4", "735.35", date(2026, 8, 28), "R2026-0008", "R2026-0010")
    await pay(firm, "K1", "3755.90", date(2026, 8, 28))
    await firm.sign(firm.version(3, firm.lift_a, firm.lift_b, firm.door_c_leaves, recorded=date(2026, 8, 21)))
    await firm.run(date(2026, 9, 1))
    created = {"order_id": "s2", "number": "S2", "object_id": "waiter", "order_type": "subscription"}
    await firm.suite.publish("order-s2", OrderCreated(**created, debtor_id="K3", created_on=date(2026, 9, 9)))
    declined = OrderCancelled(order_id="s2", object_id="waiter", reason="declined", cancelled_on=date(2026, 9, 14))
    await firm.suite.publish("order-s2", declined)
    own = OrderCreated(
        order_id="i1", number="I1", object_id="fork-lift", order_type="internal", created_on=date(2026, 11, 20)
    )
    await firm.suite.publish("order-i1", own)
    for month in (10, 11, 12):
        await firm.run(date(2026, month, 1))
    assert (await firm.run(date(2026, 12, 31)))["billed"] == 0


async def pay(firm: Any, debtor_id: str, amount: str, day: date, *numbers: str) -> None:
    ids = [(await firm.by_number(number))["document_id"] for number in numbers] or None
    body = {"debtor_id": debtor_id, "amount": amount, "received_on": str(day), "invoices": ids}
    for _ in range(2):  # the same key: one payment
        await firm.ask("POST", "/invoicing/payments", body, headers={"Idempotency-Key": f"{debtor_id}-{day}"})


def figures(document: dict[str, Any]) -> tuple[str, ...]:
    return tuple(document[n] for n in ("issued_on", "debtor_id", "net", "vat", "total", "rounding", "payable"))


@pytest.fixture
async def year(firm: Any) -> Any:
    await first_half(firm)
    await summer(firm)
    await second_half(firm)
    return firm


async def test_the_year_has_exactly_these_documents(year: Any) -> None:
    documents = await year.invoices()
    assert {d["number"]: figures(d) for d in documents if d["kind"] != "reminder"} == YEAR
    payable = {d["number"]: Decimal(d["payable"]) for d in documents if d["kind"] != "reminder"}
    assert sum(payable.values()) - 2 * payable["G2026-0001"] == Decimal("7269.80")
    assert all(d["rendered"] for d in documents)
    assert (await year.by_number("R2026-0007"))["reference"] == "000000000000000020260000071"
    assert [c["number"] for c in (await year.by_number("G2026-0001"))["corrects"]] == ["R2026-0009"]
    await books_agree(year)
    await the_reminder_is_paid(year)
    await files_and_proofs(year)


async def books_agree(firm: Any) -> None:
    book = (await firm.suite.get("/invoicing/ledger", params={"from": "2026-01-01", "to": "2026-12-31"})).json()["CHF"]
    assert book["by_kind"] == {
        "fees": "2821.31",
        "licence": "540.00",
        "labour": "2138.75",
        "travel": "350.40",
        "parts": "874.55",
    }
    assert (book["net"], book["vat"], book["rounding"], book["total"]) == ("6725.01", "544.73", "0.06", "7269.80")
    deferred = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-12-31"})).json()
    assert deferred["deferred"] == {"CHF": "133.15"}
    assert [(d["number"], d["earned"]) for d in deferred["items"]] == [("R2026-0003", "406.85")]


async def the_reminder_is_paid(firm: Any) -> None:
    reminder = next(d for d in await firm.invoices(kind="reminder") if d["debtor_id"] == "K4")
    whole = await firm.by_number(reminder["number"])
    assert (whole["language"], whole["payable"], whole["charges"]) == ("de", "735.35", [])
    assert [(o["number"], o["open_amount"], o["level"]) for o in whole["open_invoices"]] == [
        ("R2026-0008", "469.65", 1),
        ("R2026-0010", "265.70", 1),
    ]
    assert [d["state"] for d in await firm.invoices(debtor="K4", kind="invoice")] == ["settled", "settled"]
    favour = (await firm.suite.get("/invoicing/open-items", params={"debtor": "K1"})).json()
    assert favour == {"debtor_id": "K1", "items": [], "in_favour": {"CHF": "172.00"}}
    assert {d["number"] for d in await firm.invoices(open="true")} == {"R2026-0002", "R2026-0003", "R2026-0006"}


async def files_and_proofs(firm: Any) -> None:
    supplement = await firm.by_number("R2026-0007")
    pdf = await firm.suite.get(f"/invoicing/invoices/{supplement['document_id']}/pdf", role="viewer")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    (line,) = supplement["blocks"][0]["lines"]
    assert line["text"] == "Redevance de maintenance · Ascenseur B"
    assert (line["first_day"], line["last_day"], line["net"]) == ("2026-05-18", "2026-06-30", "160.44")
    proof = (await firm.suite.get(f"/invoicing/lines/{supplement['document_id']}/{line['line_id']}/proof")).json()
    assert proof["proof"]["proof"]["fraction"] == "29040/181"
    assert proof["proof"]["proof"]["contract_version"] == 2
    visit = await firm.by_number("R2026-0005")
    shown = [(each["kind"], each["list_amount"], each["net"]) for each in visit["blocks"][0]["lines"]]
    assert shown == [
        ("labour", "435.00", "0.00"),
        ("travel", "28.80", "0.00"),
        ("parts", "128.90", "64.45"),
        ("labour", "435.00", "0.00"),
    ]
    shoes = visit["blocks"][0]["lines"][2]
    worked = (await firm.suite.get(f"/invoicing/lines/{visit['document_id']}/{shoes['line_id']}/proof")).json()
    assert (worked["kind"], worked["proof"]["borne_by"], worked["proof"]["borne_share"]) == ("work", "contract", "0.5")
