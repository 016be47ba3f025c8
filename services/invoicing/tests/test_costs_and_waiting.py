"""Internal orders bear cost (S2); the office approves where the house wants it (S61); bad input says what to do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from carnet.events.dispatch import WorkApproved, WorkReportCorrected
from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.invoicing.settings import InvoicingSettings

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
APRIL, MAY = date(2026, 4, 15), date(2026, 5, 20)


@ON_BOTH
async def test_s2_an_internal_order_bears_cost_by_object_and_bills_nothing(firm: Any) -> None:
    """2 h x 145.00 + 10 km x 1.20 + 2 x 12.35 = 326.70; 1 h more in May."""
    await firm.work("o1", "A", APRIL, "repair 2, km 10, part 2 lamp", kind="internal")
    await firm.work("o2", "A", MAY, "repair 1", kind="internal")
    await firm.work("o3", "B", MAY, "expense 80", kind="internal")
    assert await firm.invoices() == []
    costs = {each["object_id"]: each for each in await firm.ask("GET", "/invoicing/internal-costs")}
    assert [costs["A"][kind] for kind in ("labour", "travel", "parts", "total")] == [
        "435.00", "12.00", "24.70", "471.70",
    ]  # fmt: skip
    assert (costs["A"]["orders"], costs["B"]["total"]) == (["o1", "o2"], "80.00")
    april = await firm.ask("GET", "/invoicing/internal-costs?last_day=2026-04-30")
    assert [(each["object_id"], each["total"]) for each in april] == [("A", "326.70")]
    shown = await firm.page("/invoicing/pages/costs", params={"first_day": "2026-04-01", "last_day": "2026-04-30"})
    assert "326.70" in shown
    assert "No internal order" in await firm.page("/invoicing/pages/costs")


@ON_BOTH
async def test_a_corrected_internal_order_costs_what_was_corrected(firm: Any) -> None:
    await firm.work("o1", "A", APRIL, "repair 2, km 10", kind="internal")
    told = {"report_id": "o1-r1", "order_id": "o1", "object_id": "A", "technician_id": "t", "service_date": APRIL}
    await firm.suite.publish(
        "order-o1", WorkReportCorrected.model_validate({**told, "items": [{"kind": "repair", "quantity": "1"}]})
    )
    await firm.suite.settle()
    (cost,) = await firm.ask("GET", "/invoicing/internal-costs")
    assert (cost["total"], cost["travel"]) == ("145.00", "0")
    assert "internal order" in await firm.page("/invoicing/pages/orders/o1")


async def test_an_address_that_is_missing_keeps_the_work_unclaimed_and_says_what_to_enter(firm: Any) -> None:
    address = firm.address
    await firm.suite.publish("party-K3", PartyChanged(party_id="K3", number="K3", name="Hôtel"))
    await firm.work("o1", "waiter", APRIL, "repair 1")
    state = await firm.ask("GET", "/invoicing/orders/o1")
    assert (state["state"], state["waits_for"]) == (
        "waiting", "Enter the address of Hôtel: a bill cannot be sent without it.",
    )  # fmt: skip
    assert "Enter the address of Hôtel" in await firm.page("/invoicing/pages/orders/o1")
    whole = PartyRegistered(party_id="K3", number="K3", name="Hôtel", address=address)
    await firm.suite.publish("party-K3", PartyChanged(**whole.model_dump()))
    await firm.suite.settle()
    answer = await firm.send("/invoicing/pages/orders/o1/bill")
    assert answer.status_code == 303
    (invoice,) = await firm.invoices()
    state = await firm.ask("GET", "/invoicing/orders/o1")
    assert (state["state"], state["document_id"]) == ("billed", invoice["document_id"])
    assert invoice["document_id"] in await firm.page("/invoicing/pages/orders/o1")


async def test_an_address_that_is_missing_parks_the_contract_in_the_dry_run_and_in_the_run(firm: Any) -> None:
    await firm.suite.publish("party-K1", PartyChanged(party_id="K1", number="K1", name="PPE"))
    await firm.sign(firm.version(1, firm.lift_a))
    missing = "Enter the address of PPE: a bill cannot be sent without it."
    assert missing in await firm.page("/invoicing/pages/run", params={"day": "2026-01-01"})
    run = await firm.run(date(2026, 1, 1))
    assert [each["reason"] for each in run["parked"]] == [missing]
    assert await firm.invoices() == []


async def test_a_rate_or_a_price_that_is_missing_on_the_day_of_service_is_said_on_the_orders_page(firm: Any) -> None:
    await firm.ask("POST", "/invoicing/articles/labour/prices", {"price": "100", "valid_from": "2016-01-01"})
    await firm.work("o1", "waiter", date(2017, 5, 1), "repair 1")
    assert "Enter a VAT rate that holds on 2017-05-01" in await firm.page("/invoicing/pages/orders/o1")
    await firm.work("o2", "waiter", date(2015, 5, 1), "repair 1")
    assert "Give the article labour a price in CHF that holds on 2015-05-01" in await firm.page(
        "/invoicing/pages/orders/o2"
    )
    assert await firm.invoices() == []
    waiting = await firm.page("/invoicing/pages/orders")
    assert "Enter a VAT rate that holds on 2017-05-01" in waiting
    assert "/invoicing/pages/orders/o2" in waiting


@ON_BOTH
async def test_a_collective_order_waits_for_its_invoice(firm: Any) -> None:
    await firm.work("o1", "LW", APRIL, "repair 1")
    assert (await firm.ask("GET", "/invoicing/orders/o1"))["state"] == "claimed"
    await firm.run(date(2026, 4, 30), of="collective-runs")
    (invoice,) = await firm.invoices()
    assert (await firm.ask("GET", "/invoicing/orders/o1"))["document_id"] == invoice["document_id"]


class TestTheHouseWantsApproval:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> InvoicingSettings:
        return InvoicingSettings(data=tmp_path, log_level="error", business_day=date(2026, 1, 1), approve_work=True)

    async def test_s61_work_is_approved_before_it_is_billed_by_any_rule(self, firm: Any) -> None:
        await firm.work("o1", "waiter", APRIL, "repair 1")
        await firm.work("o2", "LW", APRIL, "repair 1")
        assert await firm.invoices() == []
        assert "Approve the work before billing it." in await firm.page("/invoicing/pages/orders/o1")
        assert (await firm.ask("GET", "/invoicing/orders/o2"))["state"] == "waiting"
        for order, thing in (("o1", "waiter"), ("o2", "LW")):
            await firm.suite.publish(f"order-{order}", WorkApproved(order_id=order, object_id=thing, approved_on=MAY))
        (invoice,) = await firm.invoices()
        assert invoice["issued_on"] == str(MAY)
        assert (await firm.ask("GET", "/invoicing/orders/o2"))["state"] == "claimed"

    async def test_a_debtor_may_do_without(self, firm: Any) -> None:
        await firm.ask("PUT", "/invoicing/debtors/K3", {"approve": False})
        await firm.work("o1", "waiter", APRIL, "repair 1")
        assert len(await firm.invoices()) == 1
