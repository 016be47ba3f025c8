"""Zones, flat travel, minimum charges and mark-ups, from the settings to the invoice."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from carnet.events.fact import Address
from carnet.events.objects import SiteRegistered
from carnet.invoicing.domain.travel import Zone
from carnet.invoicing.settings import InvoicingSettings

APRIL = date(2026, 4, 15)
NEW_YEAR = "2026-01-01"


@pytest.fixture
def settings(tmp_path: Path) -> InvoicingSettings:
    """A house that bills travel by zone, and 150.00 a call at least."""
    return InvoicingSettings(
        data=tmp_path,
        log_level="error",
        business_day=date(2026, 1, 1),
        travel_rule="zone",
        travel_zones=(Zone(name="Fribourg", article="zone-fr", first_postcode="1700", last_postcode="3199"),),
        minimum_charges={"CHF": Decimal(150)},
    )


async def travel_price(firm: Any, article: str, price: str) -> None:
    told = {"article": article, "name": "Déplacement", "unit": "flat", "kind": "travel", "price": price}
    await firm.ask("POST", "/invoicing/articles", {**told, "valid_from": NEW_YEAR})


async def site(firm: Any, postcode: str) -> None:
    address = Address(street="Rue", house_number="1", postcode=postcode, city="Bösingen")
    await firm.suite.publish("site-site-K4", SiteRegistered(site_id="site-K4", number="S4", name="S", address=address))
    await firm.suite.settle()


async def lines(firm: Any) -> list[tuple[str, str, str]]:
    (invoice,) = await firm.invoices()
    whole = await firm.by_number(invoice["number"])
    return [(each["text"], each["quantity"], each["net"]) for block in whole["blocks"] for each in block["lines"]]


async def test_travel_is_billed_by_the_zone_of_the_site(firm: Any) -> None:
    await travel_price(firm, "zone-fr", "85.00")
    await site(firm, "3178")
    await firm.work("o1", "hydraulic", APRIL, "repair 1, km 60, travel_time 1.5")
    assert await lines(firm) == [("Arbeitszeit", "1", "145.00"), ("Déplacement", "1", "85.00")]


async def test_a_site_without_a_zone_waits_and_says_what_to_enter(firm: Any) -> None:
    await travel_price(firm, "zone-fr", "85.00")
    await site(firm, "1260")
    await firm.work("o1", "hydraulic", APRIL, "repair 1, km 60")
    assert await firm.invoices() == []
    answer = await firm.suite.request("POST", "/invoicing/orders/o1/bill", "bookkeeper")
    assert answer.status_code == 409
    assert "Put the postcode CH 1260 into a zone" in answer.json()["detail"]


async def test_a_debtor_has_flat_travel_and_a_minimum_of_its_own(firm: Any) -> None:
    await travel_price(firm, "travel-flat", "60.00")
    await firm.ask("PUT", "/invoicing/debtors/K4", {"travel": "flat", "minimum_charge": "250.00", "language": "fr"})
    await firm.work("o1", "hydraulic", APRIL, "repair 1, km 60")
    assert await lines(firm) == [
        ("Main-d’œuvre", "1", "145.00"), ("Déplacement", "1", "60.00"),
        ("Complément au montant minimal", "1", "45.00"),
    ]  # fmt: skip


async def test_the_house_has_a_minimum_charge(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K4", {"travel": "kilometre", "language": "en"})
    await firm.work("o1", "hydraulic", APRIL, "repair 0.5, km 10")
    assert (await lines(firm))[-1] == ("Supplement to the minimum charge", "1", "65.50")


async def test_an_expense_is_billed_as_reported_or_with_the_mark_up_of_its_article(firm: Any) -> None:
    """80.00 as reported; 80.00 of a hired crane with 12.5 % are 90.00."""
    crane = {"article": "crane", "name": "Grue", "unit": "CHF", "kind": "expense", "markup": "12.5"}
    await firm.ask("POST", "/invoicing/articles", {**crane, "valid_from": NEW_YEAR})
    await firm.work("o1", "hydraulic", APRIL, "expense 80, expense 80 crane")
    nets = [net for _, _, net in await lines(firm)]
    assert nets == ["80.00", "90.00"]


async def test_only_an_expense_has_a_mark_up(firm: Any) -> None:
    body = {"markup": "10", "valid_from": NEW_YEAR}
    answer = await firm.suite.request("POST", "/invoicing/articles/labour/prices", "bookkeeper", json=body)
    assert answer.status_code == 409
    assert "only an expense has a mark-up" in answer.json()["detail"]
    both = await firm.suite.request(
        "POST", "/invoicing/articles/labour/prices", "bookkeeper", json={**body, "price": "1"}
    )
    assert both.status_code == 422
