"""Tax codes of debtors, places and articles, from the setting to the document (R3)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from carnet.events.contracts import Billing
from carnet.events.invoicing import InvoiceIssued
from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.documents.view import view
from carnet.invoicing.domain.document import taxes
from carnet.invoicing.publishing import publish

ABROAD = {"tax_codes": [{"valid_from": "2026-01-01", "code": "reverse_charge"}]}
ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
APRIL = date(2026, 4, 15)


async def test_r3_a_debtor_abroad_bears_no_tax_on_work_and_reads_why(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K4", {**ABROAD, "language": "de"})
    await firm.work("o1", "hydraulic", APRIL, "repair 2, part 1 seal-kit")
    (invoice,) = await firm.invoices()
    assert (invoice["net"], invoice["vat"], invoice["payable"]) == ("329.95", "0.00", "329.95")
    whole = await firm.by_number(invoice["number"])
    assert {line["tax_code"] for block in whole["blocks"] for line in block["lines"]} == {"reverse_charge"}
    row = await existing(firm.suite.runtime("invoicing"), UUID(invoice["document_id"]))
    assert [(each.category, each.net) for each in taxes(row.whole.document)] == [("AE", Decimal("329.95"))]
    fact = publish(row.whole)
    assert isinstance(fact, InvoiceIssued)
    assert [(each.category, each.vat) for each in fact.document.vat] == [("AE", Decimal("0.00"))]
    notes = view(printed(row.whole))["notes"]
    assert isinstance(notes, list)
    assert "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)." in notes


async def test_r3_a_debtor_abroad_bears_no_tax_on_fees(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K1", ABROAD)
    billing = Billing(every_months=12, anchor=date(2026, 1, 1))
    await firm.sign(firm.version(1, firm.lift_a, billing=billing))
    await firm.run(date(2026, 1, 1))
    (invoice,) = await firm.invoices()
    assert (invoice["net"], invoice["vat"]) == ("1680.00", "0.00")


@ON_BOTH
async def test_r3_a_site_and_an_article_have_codes(firm: Any) -> None:
    """Parts at 2.6 % by the article; at an exempt site nothing bears tax."""
    oil = {"article": "oil", "name": "Huile 1 l", "unit": "litre", "kind": "part", "price": "18.60"}
    await firm.ask("POST", "/invoicing/articles", {**oil, "valid_from": "2026-01-01", "tax_code": "reduced"})
    await firm.work("o1", "hydraulic", APRIL, "repair 1, part 10 oil")
    (invoice,) = await firm.invoices()
    assert (await firm.by_number(invoice["number"]))["vat_by_rate"] == {"2.6": "4.84", "8.1": "11.75"}
    exempt = {"tax_codes": [{"valid_from": "2026-01-01", "code": "exempt"}]}
    await firm.ask("PUT", "/invoicing/places/hydraulic", exempt)
    assert await firm.ask("GET", "/invoicing/places/hydraulic") == exempt["tax_codes"]
    await firm.work("o2", "hydraulic", APRIL, "repair 1, part 10 oil")
    (_, second) = await firm.invoices()
    assert second["vat"] == "0.00"


async def test_a_code_without_rates_is_refused_with_what_to_enter(firm: Any) -> None:
    terms = {"tax_codes": [{"valid_from": "2026-01-01", "code": "zero_rated"}]}
    answer = await firm.suite.request("PUT", "/invoicing/debtors/K4", "bookkeeper", json=terms)
    assert answer.status_code == 409
    assert "Enter the VAT rates of the tax code zero_rated" in answer.json()["detail"]


async def test_a_rate_that_is_missing_on_the_day_of_service_parks_the_contract_with_what_to_enter(firm: Any) -> None:
    billing = Billing(every_months=12, anchor=date(2017, 1, 1))
    old = firm.position("A", "1200.00", date(2017, 1, 1))
    await firm.sign(firm.version(1, old, start=date(2017, 1, 1), billing=billing))
    run = await firm.run(date(2026, 1, 1))
    assert [each["reason"] for each in run["parked"]] == [
        "Enter a VAT rate that holds on 2017-01-01 for the tax code standard: the first one starts later."
    ]
    assert await firm.invoices() == []
