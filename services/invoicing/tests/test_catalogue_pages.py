"""Articles, their prices and the tax codes of places are kept on pages; what is refused says so at its field."""

import re
from datetime import date
from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
PUMP = {"article": "pump/2", "kind": "part", "name_fr": "Pompe", "name_de": "Pumpe", "unit": "pièce"}
APRIL = date(2026, 4, 15)


async def test_an_article_is_published_priced_and_described_anew(firm: Any) -> None:
    empty = await firm.filled("/invoicing/pages/article")
    answer = await firm.send("/invoicing/pages/article", **empty | PUMP | {"tax_code": "reduced"})
    assert answer.status_code == 303, answer.text
    prices = await firm.page(answer.headers["location"])
    assert ("No price yet" in prices, '<option value="pump/2" selected>' in prices) == (True, True)
    told = {"article": "pump/2", "price": "99.50", "valid_from": "2026-01-01", "currency": "EUR"}
    assert (await firm.send("/invoicing/pages/prices", **told)).status_code == 303
    shown = await firm.page("/invoicing/pages/prices")
    assert ("EUR\N{NO-BREAK SPACE}99.50" in shown, "Reduced rate" in shown) == (True, True)
    form = await firm.filled("/invoicing/pages/article?code=pump/2")
    assert (await firm.send("/invoicing/pages/article", **form | {"name_en": "Pump"})).status_code == 303
    (listed,) = [each for each in await firm.ask("GET", "/invoicing/articles") if each["article"] == "pump/2"]
    assert (listed["names"], listed["tax_code"]) == ({"fr": "Pompe", "de": "Pumpe", "en": "Pump"}, "reduced")


async def test_an_article_that_cannot_be_is_refused_at_its_fields(firm: Any) -> None:
    empty = await firm.filled("/invoicing/pages/article")
    wrong = await firm.send("/invoicing/pages/article", **empty | {"article": "?", "unit": "", "kind": "magic"})
    assert wrong.status_code == 422
    for text in ("Begin the code with", "Give the article a name", "Fill this in.", "Choose one of the list."):
        assert text in wrong.text
    taken = await firm.send("/invoicing/pages/article", **empty | PUMP | {"article": "labour"})
    assert (taken.status_code, "Another article has this code" in taken.text, "Pompe" in taken.text) == (
        422,
        True,
        True,
    )
    unknown = await firm.send("/invoicing/pages/article", **empty | PUMP | {"tax_code": "luxury"})
    assert (unknown.status_code, "Enter the VAT rates of the tax code luxury" in unknown.text) == (409, True)
    html = {"Accept": "text/html"}
    assert (await firm.suite.get("/invoicing/pages/article", role="viewer", headers=html)).status_code == 403
    missing = await firm.suite.get("/invoicing/pages/article?code=none", role="bookkeeper", headers=html)
    assert missing.status_code == 404


async def test_an_article_that_somebody_described_meanwhile_is_not_overwritten(firm: Any) -> None:
    form = await firm.filled("/invoicing/pages/article?code=lamp")
    assert (await firm.send("/invoicing/pages/article", **form | {"unit": "pièce"})).status_code == 303
    late = await firm.send("/invoicing/pages/article", **form | {"unit": "box"})
    assert (late.status_code, "Someone has changed this meanwhile" in late.text) == (409, True)


@ON_BOTH
async def test_the_prices_that_hold_for_a_customer_a_category_and_a_day_are_shown_alone(firm: Any) -> None:
    for price, more in {"120.00": {"customer": "K4"}, "110.00": {"customer": "K4", "category": "lift"}}.items():
        told = {"article": "labour", "price": price, "valid_from": "2026-03-01", "currency": "CHF"}
        assert (await firm.send("/invoicing/pages/prices", **told, **more)).status_code == 303

    async def shown(**asked: str) -> list[str]:
        page = await firm.page("/invoicing/pages/prices", params=asked)
        return re.findall(r"(1[124][05]\.00)", page[page.index("<tbody>") : page.index("</tbody>")])

    assert await shown() == ["145.00", "120.00", "110.00"]
    assert await shown(customer="K4", day="2026-04-01") == ["120.00"]
    assert await shown(customer="K4", category="lift", day="2026-04-01") == ["110.00"]
    assert await shown(customer="K4", category="lift", day="2026-02-01") == ["145.00"]
    assert await shown(category="lift", day="2026-04-01") == ["145.00"]
    nobody = await firm.suite.get("/invoicing/pages/prices?customer=K99", role="bookkeeper", headers=FRENCH)
    assert nobody.status_code == 422


@ON_BOTH
async def test_a_site_gets_a_tax_code_that_its_objects_bear(firm: Any) -> None:
    taxes = await firm.page("/invoicing/pages/taxes", params={"q": "clin"})
    assert "None: everything bears the code of its debtor or its article." in taxes
    assert "/invoicing/pages/places/site-K2" in taxes
    form = await firm.filled("/invoicing/pages/places/site-K2")
    told = form | {"since_0": "2026-01-01", "code_0": "exempt"}
    assert (await firm.send("/invoicing/pages/places/site-K2", **told)).status_code == 303
    assert (await firm.send("/invoicing/pages/places/site-K2", **told)).status_code == 303
    assert await firm.ask("GET", "/invoicing/places/site-K2") == [{"valid_from": "2026-01-01", "code": "exempt"}]
    assert "Exempt from VAT" in await firm.page("/invoicing/pages/taxes")
    assert "Exonéré de TVA" in await firm.page("/invoicing/pages/places/LW", FRENCH)
    late = await firm.send("/invoicing/pages/places/site-K2", **told | {"code_0": "export"})
    assert (late.status_code, "Someone has changed this meanwhile" in late.text) == (409, True)


async def test_a_tax_code_without_its_day_or_its_rates_is_refused(firm: Any) -> None:
    form = await firm.filled("/invoicing/pages/places/site-K2")
    undated = await firm.send("/invoicing/pages/places/site-K2", **form | {"code_0": "exempt"})
    assert (undated.status_code, "Fill this in." in undated.text) == (422, True)
    unrated = form | {"since_0": "2026-01-01", "code_0": "luxury"}
    assert (await firm.send("/invoicing/pages/places/site-K2", **unrated)).status_code == 409
    assert await firm.ask("GET", "/invoicing/places/site-K2") == []
    assert "No site and no object is called so." in await firm.page("/invoicing/pages/taxes", params={"q": "zzz"})
    html = {"Accept": "text/html"}
    assert (await firm.suite.get("/invoicing/pages/places/none", role="bookkeeper", headers=html)).status_code == 404
    assert (await firm.send("/invoicing/pages/places/site-K2", role="viewer", **unrated)).status_code == 403
