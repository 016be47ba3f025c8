"""A contract that was sold with a licence is signed by itself, once its customer and its object are known."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

from carnet.events.contracts import Billing, ContractSigned
from carnet.events.inbound import SalesOrder, SoldContract
from carnet.events.objects import PartyRegistered

SALE = SalesOrder(
    id="sales-41",
    number="SO-2026-041",
    ordered_on=date(2026, 3, 24),
    customer_number="K2",
    object_number="LICENCE",
    object_name="LiftWatch",
    object_kind="licence",
    contract=SoldContract(
        number="C-3",
        kind="licence",
        start=date(2026, 4, 1),
        fee=Decimal("540.00"),
        billing=Billing(every_months=12, anchor=date(2026, 4, 1)),
    ),
)


async def test_a_sold_contract_waits_for_its_customer_and_its_object(firm: Any) -> None:
    await firm.suite.publish("sales-41", SALE)
    await firm.suite.settle()
    (waiting,) = (await firm.suite.get("/contracts/ops/waiting")).json()
    assert waiting["note"] == "customer K2"
    await firm.suite.publish("party-K2", PartyRegistered(party_id="party-K2", number="K2", name="Clinique"))
    await firm.register("licence")
    async with asyncio.timeout(60):
        while not await firm.published(ContractSigned):
            await firm.suite.settle()
    (signed,) = await firm.published(ContractSigned)
    terms = signed["terms"]
    assert (terms["number"], terms["debtor_id"], terms["recorded"]) == ("C-3", "party-K2", "2026-03-24")
    assert [(p["object_id"], p["prices"]) for p in terms["positions"]] == [
        ("licence", [{"valid_from": "2026-04-01", "fee": "540.00", "value": None, "share": None}])
    ]
    assert terms["coverage"]["order_types"] == []


async def test_a_sale_without_a_contract_signs_nothing(firm: Any) -> None:
    await firm.suite.publish("sales-42", SALE.model_copy(update={"contract": None}))
    await firm.suite.settle()
    assert await firm.published(ContractSigned) == []
    assert (await firm.suite.get("/contracts/ops/waiting")).json() == []


async def test_a_sale_that_is_told_again_leaves_what_was_amended_since(firm: Any) -> None:
    await firm.suite.publish("party-K2", PartyRegistered(party_id="party-K2", number="K2", name="Clinique"))
    await firm.register("licence")
    await firm.suite.settle()
    await firm.suite.publish("sales-41", SALE)
    await firm.suite.settle()
    reprice = {"change": "reprice", "position_id": "1", "fee": "600.00", "valid_from": "2027-04-01"}
    await firm.amend("C-3", "2026-12-01", reprice)
    await firm.suite.publish("sales-41b", SALE.model_copy(update={"id": "sales-41b"}))
    await firm.suite.settle()
    assert (await firm.suite.get("/contracts/ops/dead-letters")).json() == []
    assert (await firm.suite.get("/contracts/C-3")).json()["version"] == 2
