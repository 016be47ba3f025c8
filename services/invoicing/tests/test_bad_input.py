"""Bad input of billing: a sentence that says what to do, nothing recorded, nothing billed."""

from datetime import date
from typing import Any

from carnet.events.contracts import Billing
from carnet.events.fact import Address
from carnet.events.objects import PartyChanged, PartyRegistered

NEW_YEAR = date(2026, 1, 1)
CLAIMED = {"fees-claimed.v1", "periods-reached.v1", "document-issued.v1", "work-claimed.v1"}


async def nothing_is_billed(firm: Any) -> None:
    await firm.suite.settle()
    stored = await firm.suite.runtime("invoicing").engines.store.read_all()
    assert [each.type for each in stored if each.type in CLAIMED] == []
    assert await firm.invoices() == []


async def test_a_customer_without_an_address_gets_no_bill_until_it_is_entered(firm: Any) -> None:
    """A QR-bill has a structured address; without one the contract is parked, and billed when it has come."""
    party = {"party_id": "K9", "number": "K9", "name": "Sans Adresse SA"}
    await firm.suite.publish("party-K9", PartyRegistered(**party))
    await firm.sign(firm.version(1, firm.lift_a, debtor_id="K9"))
    run = await firm.run(NEW_YEAR)
    assert [each["reason"] for each in run["parked"]] == [
        "Enter the address of Sans Adresse SA: a bill cannot be sent without it."
    ]
    await nothing_is_billed(firm)
    address = Address(street="Grand-Rue", house_number="1", postcode="1260", city="Nyon")
    await firm.suite.publish("party-K9", PartyChanged(**party, address=address))
    assert (await firm.run(NEW_YEAR))["billed"] == 1


async def test_a_rate_that_is_missing_for_a_service_date_is_asked_for(firm: Any) -> None:
    first = date(2017, 1, 1)
    billing = Billing(every_months=12, anchor=first)
    await firm.sign(firm.version(1, firm.position("A", "1200.00", first), start=first, billing=billing))
    run = await firm.run(NEW_YEAR)
    assert ["Enter a VAT rate that holds on 2017-01-01" in each["reason"] for each in run["parked"]] == [True]
    await nothing_is_billed(firm)


async def test_work_without_a_rate_on_its_day_waits_and_says_what_to_enter(firm: Any) -> None:
    early = {"article": "labour", "name": "Main-d’œuvre", "unit": "h", "kind": "labour", "price": "100.00"}
    await firm.ask("POST", "/invoicing/articles", {**early, "valid_from": "2017-01-01"})
    await firm.work("f1", "A", date(2017, 4, 7), "repair 1")
    await nothing_is_billed(firm)
    waiting = (await firm.suite.get("/invoicing/ops/waiting")).json()
    assert any("Enter a VAT rate that holds on 2017-04-07" in str(each) for each in waiting)


async def test_a_reference_that_fails_its_check_digit_records_nothing(firm: Any) -> None:
    head = await firm.suite.runtime("invoicing").engines.store.head()
    paid = {"debtor_id": "K1", "amount": "100.00", "received_on": "2026-05-01"}
    wrong = {**paid, "reference": "210000000003139471430009018"}
    answer = await firm.suite.post("/invoicing/payments", wrong, role="bookkeeper")
    assert (answer.status_code, "check digit is wrong" in answer.json()["detail"]) == (409, True)
    assert await firm.suite.runtime("invoicing").engines.store.head() == head
