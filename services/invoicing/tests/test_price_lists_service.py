"""Whose price a line bears: the proof names the list, and the line keeps it (S108)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from carnet.invoicing.billing.document_view import existing

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
APRIL = date(2026, 4, 15)
LABOUR = "/invoicing/articles/labour/prices"


async def price(firm: Any, amount: str, **more: Any) -> None:
    await firm.ask("POST", LABOUR, {"price": amount, "valid_from": "2026-01-01", **more})


@ON_BOTH
async def test_the_line_is_frozen_at_the_most_particular_price_of_its_day(firm: Any) -> None:
    await price(firm, "120.00", customer_id="K4", category="lift")
    await price(firm, "130.00", category="lift")
    await firm.work("o1", "hydraulic", APRIL, "repair 2")
    await firm.work("o2", "waiter", APRIL, "repair 2")
    await price(firm, "99.00", customer_id="K4", category="lift")
    nets = {each["debtor_id"]: each["net"] for each in await firm.invoices()}
    assert nets == {"K4": "240.00", "K3": "260.00"}


async def test_the_proof_names_the_list_and_the_day(firm: Any) -> None:
    await price(firm, "120.00", customer_id="K4")
    await firm.work("o1", "hydraulic", APRIL, "repair 2")
    (invoice,) = await firm.invoices()
    row = await existing(firm.suite.runtime("invoicing"), UUID(invoice["document_id"]))
    (line,) = row.whole.document.lines
    proof = (await firm.suite.get(f"/invoicing/lines/{row.document_id}/{line.line_id}/proof")).json()["proof"]
    assert proof["price_list"] == {
        "customer_id": "K4", "category": None, "valid_from": "2026-01-01", "last_day": None, "unit_price": "120.00",
    }  # fmt: skip
    assert proof["tax_code"] == "standard"


@ON_BOTH
async def test_the_catalogue_lists_every_price_and_tells_the_others_only_everybodys(firm: Any) -> None:
    await price(firm, "120.00", customer_id="K4", last_day="2026-12-31")
    listed = {each["article"]: each for each in await firm.ask("GET", "/invoicing/articles")}
    prices = [(each["customer_id"], each["last_day"], each["price"]) for each in listed["labour"]["prices"]]
    assert prices == [(None, None, "145.00"), ("K4", "2026-12-31", "120.00")]
    assert Decimal(listed["travel"]["prices"][0]["price"]) == Decimal("1.20")
