"""The service outside its year: what is stored can be read back, and what a person is told."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel

from carnet.events.contracts import Billing
from carnet.events.dispatch import OrderCancelled, OrderCreated, OrderReopened, WorkReportCorrected
from carnet.events.fact import Address
from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.invoicing.consumers.voiding import reopen_account
from carnet.invoicing.domain import (
    article,
    billable,
    bookings,
    closing,
    collective,
    contract_account,
    debtor,
    goodwill,
    issued_document,
    posting,
    release,
    run,
    series,
)
from carnet.invoicing.domain.issued_document import DocumentVoided
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.because import Because
from carnet.kernel.reaction import NotYet
from carnet.kernel.settings import BadSettings, load

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

SOURCES = (
    article,
    billable,
    bookings,
    closing,
    collective,
    contract_account,
    debtor,
    goodwill,
    issued_document,
    posting,
    release,
    run,
    series,
)


def models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}.union(*(models_in(f.annotation) for f in annotation.model_fields.values()))
    return set().union(*(models_in(each) for each in get_args(annotation)))


def test_what_may_be_none_may_be_missing_in_the_store() -> None:
    """The codec leaves out what is None."""
    stored = set().union(*(models_in(module.Event) for module in SOURCES))
    required = [
        f"{model.__name__}.{name}"
        for model in stored
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation) and field.is_required()
    ]
    assert required == []


async def invoice_of_an_order(firm: Any) -> dict[str, Any]:
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    (invoice,) = await firm.invoices()
    return dict(invoice)


async def test_a_voided_invoice_of_fees_is_billed_again_by_the_next_run(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    (first,) = await firm.invoices()
    await firm.ask("POST", f"/invoicing/invoices/{first['document_id']}/void", {"reason": "wrong address"})
    assert (await firm.run(date(2026, 1, 3)))["billed"] == 1
    gone, again = await firm.invoices()
    assert (gone["number"], gone["state"], again["number"], again["state"]) == (
        "R2026-0001",
        "voided",
        "R2026-0002",
        "open",
    )
    same = ("net", "vat", "rounding", "payable")
    assert [gone[n] for n in same] == [again[n] for n in same]
    owed = (await firm.suite.get("/invoicing/open-items", params={"debtor": "K1"})).json()
    assert [item["number"] for item in owed["items"]] == ["R2026-0002"]


async def test_a_corrected_report_of_a_billed_order_waits_until_the_invoice_is_voided(firm: Any) -> None:
    first = await invoice_of_an_order(firm)
    (_, heard) = firm.order_facts("f1", "A", date(2026, 4, 7), ("repair 2.00, km 24, part 1 door-contact",))[1]
    await firm.suite.publish("order-f1", WorkReportCorrected(**heard.model_dump()))
    await firm.suite.settle()
    waiting = (await firm.suite.get("/invoicing/ops/waiting")).json()
    assert [each["note"] for each in waiting] == ["Void the invoice of this order before changing what it bills."]
    await firm.ask("POST", f"/invoicing/invoices/{first['document_id']}/void", {"reason": "hours corrected"})
    await nothing_waits(firm)
    assert [(d["number"], d["state"], d["net"]) for d in await firm.invoices()] == [
        ("R2026-0001", "voided", "429.55"),
        ("R2026-0002", "open", "393.30"),
    ]


async def nothing_waits(firm: Any) -> None:
    while (await firm.suite.get("/invoicing/ops/waiting")).json():
        await firm.suite.settle()
    await firm.suite.settle()


async def test_an_order_waits_for_its_price_and_is_billed_when_it_comes(firm: Any) -> None:
    await firm.work("f1", "A", date(2026, 4, 7), "part 1 rope")
    waiting = (await firm.suite.get("/invoicing/ops/waiting")).json()
    assert "Give the article rope a price in CHF that holds on 2026-04-07." in [each["note"] for each in waiting]
    rope = {
        "article": "rope",
        "name": "Câble",
        "unit": "m",
        "kind": "part",
        "price": "9.50",
        "valid_from": "2026-01-01",
    }
    await firm.ask("POST", "/invoicing/articles", {**rope, "valid_from": "2026-01-01"})
    await nothing_waits(firm)
    assert [d["net"] for d in await firm.invoices()] == ["9.50"]


async def test_a_contract_that_fails_is_parked_and_the_others_are_billed(firm: Any) -> None:
    late = {"billing": Billing(every_months=6, anchor=date(2026, 2, 1))}
    await firm.sign(firm.version(1, firm.lift_a, contract_id="c-0", number="C-0", **late))
    await firm.sign(firm.version(1, firm.lift_a, contract_id="c-9", number="C-9", debtor_id="nobody"))
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    dry = await firm.ask("POST", "/invoicing/runs/preview", {"date": "2026-03-01"})
    assert [(d["number"], d["totals"]["payable"]) for d in dry["documents"]] == [("C-1", "1167.50")]
    assert [each["number"] for each in dry["parked"]] == ["C-0", "C-9"]
    done = await firm.run(date(2026, 3, 1))
    assert (done["billed"], [each["number"] for each in done["parked"]]) == (1, ["C-0", "C-9"])
    parked = (await firm.suite.get("/invoicing/runs/parked")).json()
    assert parked[0]["reason"].startswith("Set the billing anchor to 2026-01-01 or earlier")
    assert parked[1]["reason"] == "Register the party nobody: a document needs its name and address."


async def test_an_amendment_is_previewed_before_it_is_signed(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    proposed = firm.version(2, firm.lift_a, firm.lift_b, firm.door_c).model_dump(mode="json")
    body = {"terms": proposed, "date": "2026-05-06"}
    shown = await firm.ask("POST", "/invoicing/contracts/c-1/preview", body)
    assert (shown["net"], shown["vat"], shown["payable"]) == ("160.44", "13.00", "173.45")
    assert (shown["next_bill"]["due_on"], shown["next_bill"]["totals"]["payable"]) == ("2026-07-01", "1880.95")
    assert len(await firm.invoices()) == 1


async def test_only_a_bookkeeper_runs_and_pays(firm: Any) -> None:
    for path in ("runs", "collective-runs", "reminder-runs", "payments", "articles"):
        assert (await firm.suite.post(f"/invoicing/{path}", {}, role="planner")).status_code == 403
    assert (await firm.suite.get("/invoicing/invoices", role=None)).status_code == 401


async def test_a_payment_of_an_unknown_invoice_is_refused_with_a_sentence(firm: Any) -> None:
    body = {"debtor_id": "K1", "amount": "10.00", "received_on": "2026-02-01", "invoices": [str(UUID(int=1))]}
    answer = await firm.suite.post("/invoicing/payments", body)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Name invoices of this debtor that are booked.")


@ON_BOTH
async def test_lists_go_on_by_cursor_and_filter(firm: Any) -> None:
    for n, day in enumerate((date(2026, 4, 7), date(2026, 4, 8), date(2026, 4, 9))):
        await firm.work(f"f{n}", "A" if n else "hydraulic", day, "repair 1.00")
    first = (await firm.suite.get("/invoicing/invoices", params={"limit": 2})).json()
    rest = (await firm.suite.get("/invoicing/invoices", params={"limit": 2, "cursor": first["next"]})).json()
    numbers = [d["number"] for d in first["items"] + rest["items"]]
    assert (numbers, rest["next"]) == (["R2026-0003", "R2026-0002", "R2026-0001"], None)
    assert [d["debtor_id"] for d in await firm.invoices(object="hydraulic")] == ["K4"]
    assert [d["number"] for d in await firm.invoices(order="f2")] == ["R2026-0003"]


async def test_a_name_that_no_qr_bill_can_carry_is_told_before_a_number_is_given(firm: Any) -> None:
    address = Address(street="Rue", postcode="1000", city="Lausanne")
    long = PartyRegistered(party_id="K9", number="K9", name="N" * 71, address=address)
    await firm.suite.publish("party-K9", long)
    await firm.sign(firm.version(1, firm.lift_a, debtor_id="K9"))
    done = await firm.run(date(2026, 1, 1))
    assert done["parked"][0]["reason"].endswith("to 70 characters: a QR-bill has no room for more.")
    await firm.suite.publish("party-K9", PartyChanged(**{**long.model_dump(), "name": "N" * 70}))
    assert (await firm.run(date(2026, 1, 1)))["billed"] == 1
    assert [d["rendered"] for d in await firm.invoices()] == [True]


def test_an_account_that_is_no_iban_is_refused_at_the_start() -> None:
    with pytest.raises(BadSettings, match="is no valid IBAN"):
        load(InvoicingSettings, firm_account="CH00 0000")


async def test_a_voided_collective_invoice_lets_its_orders_be_billed_again(firm: Any) -> None:
    for n, lift in enumerate(("bed-1", "bed-2")):
        await firm.work(f"f{n}", lift, date(2026, 5, 5 + n), "repair 1.00, km 18")
    await firm.run(date(2026, 5, 31), of="collective-runs")
    (first,) = await firm.invoices()
    await firm.ask("POST", f"/invoicing/invoices/{first['document_id']}/void", {"reason": "one order too many"})
    for n in range(2):
        await firm.ask("POST", f"/invoicing/orders/f{n}/bill")
    again = await firm.run(date(2026, 6, 30), of="collective-runs")
    assert [each["orders"] for each in again["groups"]] == [["f0", "f1"]]
    gone, new = await firm.invoices()
    assert (gone["state"], new["state"], gone["payable"] == new["payable"]) == ("voided", "open", True)
    assert (await firm.suite.post("/invoicing/orders/unknown/bill")).status_code == 404


async def test_an_order_that_changes_before_its_collective_invoice_is_billed_as_it_ended(firm: Any) -> None:
    """Done, reopened, worked on again; and one that was cancelled by mistake."""
    await firm.work("f0", "bed-1", date(2026, 5, 5), "repair 1.00")
    await firm.suite.publish(
        "order-f1",
        OrderCreated(order_id="f1", number="F1", order_type="fault", object_id="bed-2", created_on=date(2026, 5, 6)),
    )
    gone = OrderCancelled(order_id="f1", object_id="bed-2", reason="slip", cancelled_on=date(2026, 5, 6))
    await firm.suite.publish("order-f1", gone)
    await firm.suite.settle()
    for n, lift in enumerate(("bed-1", "bed-2")):
        await go_on(firm, f"f{n}", lift)
    assert (await firm.suite.get("/invoicing/ops/waiting")).json() == []
    done = await firm.run(date(2026, 5, 31), of="collective-runs")
    assert [each["orders"] for each in done["groups"]] == [["f0", "f1"]]
    assert [d["net"] for d in await firm.invoices()] == ["725.00"]  # 1 h and 2 h, then 2 h


async def go_on(firm: Any, order_id: str, lift: str) -> None:
    told = {"order_id": order_id, "object_id": lift}
    day = date(2026, 5, 7)
    await firm.suite.publish(f"order-{order_id}", OrderReopened(**told, reason="not yet done", reopened_on=day))
    _, (_, worked), (_, done), (_, decided) = firm.order_facts(order_id, lift, day, ("repair 2.00",))
    again = worked.model_copy(update={"report_id": f"{order_id}-later"})
    await firm.suite.publish(f"order-{order_id}", again)
    await firm.suite.publish(f"coverage-{order_id}", decided)
    await firm.suite.publish(f"order-{order_id}", done.model_copy(update={"report_ids": (again.report_id,)}))
    await firm.suite.settle()


async def test_each_line_of_a_credit_note_takes_from_the_period_that_it_credits(firm: Any) -> None:
    """Out after 31 March, known in August: H1 keeps 90 of 181 days, H2 nothing (R12)."""
    await firm.sign(firm.version(1, firm.lift_a))
    for month in (1, 7):
        await firm.run(date(2026, month, 1))
    gone = firm.lift_a.model_copy(update={"last_day": date(2026, 3, 31)})
    await firm.sign(firm.version(2, gone))
    await firm.run(date(2026, 8, 15))
    shown = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-08-31"})).json()
    assert (shown["earned"], shown["deferred"], shown["items"]) == ({"CHF": "417.68"}, {"CHF": "0.00"}, [])
    until_may = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-05-31"})).json()
    assert until_may["earned"] == {"CHF": "700.77"}


async def test_periods_that_were_caught_up_in_one_invoice_are_credited_each_on_its_own(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a))
    await firm.run(date(2026, 7, 1))
    await firm.sign(firm.version(2, firm.lift_a.model_copy(update={"last_day": date(2026, 6, 30)})))
    await firm.run(date(2026, 8, 15))
    shown = (await firm.suite.get("/invoicing/deferrals", params={"until": "2026-12-31"})).json()
    assert (shown["earned"], shown["deferred"]) == ({"CHF": "840.00"}, {"CHF": "0.00"})


async def test_a_document_is_voided_on_the_account_once_it_is_booked_there(firm: Any) -> None:
    fact = DocumentVoided(
        document_id=UUID(int=1), kind="invoice", debtor_id="K1", number="R1", voided_on=date(2026, 1, 2), reason="slip"
    )
    with pytest.raises(NotYet, match="R1 is not booked yet"):
        await reopen_account(firm.suite.runtime("invoicing"), fact, Because("anna", "c0ffee"))


async def test_what_a_debtor_has_in_favour_pays_an_invoice_when_a_person_says_so(firm: Any) -> None:
    paid = {"debtor_id": "K1", "amount": "1000.00", "received_on": "2026-01-02"}
    assert (await firm.suite.post("/invoicing/payments", {**paid, "debtor_id": "nobody"})).status_code == 404
    await firm.ask("POST", "/invoicing/payments", paid)
    await firm.sign(firm.version(1, firm.lift_a))
    await firm.run(date(2026, 1, 3))
    (invoice,) = await firm.invoices()
    assert (invoice["payable"], invoice["open_amount"]) == ("908.05", "908.05")
    for _ in range(2):
        await firm.ask("POST", f"/invoicing/invoices/{invoice['document_id']}/set-off", {"date": "2026-01-04"})
    owed = (await firm.suite.get("/invoicing/open-items", params={"debtor": "K1"})).json()
    assert (owed["items"], owed["in_favour"]) == ([], {"CHF": "91.95"})
    assert [d["state"] for d in await firm.invoices()] == ["settled"]
