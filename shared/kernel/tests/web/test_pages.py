"""Pages in two languages, with the business day, the person, and figures as the Swiss write them."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from httpx import AsyncClient

from carnet.kernel.web.language import preferred
from carnet.kernel.web.pages import Pages, formats

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]


@pytest.fixture
def browser(client: Clients, token: Tokens) -> Clients:
    return lambda **headers: client(cookie=token("planner"), html=True, **headers)


async def test_a_page_in_english(browser: Clients) -> None:
    page = await browser().get("/lifts/")
    assert '<html lang="en">' in page.text
    assert "Lifts of the house" in page.text
    assert "CHF\u00a01’234.50 7 Apr 2026" in page.text
    assert "Business day" in page.text
    assert '<time datetime="2026-12-31">31 Dec 2026</time>' in page.text
    assert "Sandra Keller" in page.text


async def test_a_page_in_french(browser: Clients) -> None:
    page = await browser(accept_language="de;q=0.9, fr-CH, en;q=0.5").get("/lifts/")
    assert '<html lang="fr">' in page.text
    assert "Ascenseurs de la maison" in page.text
    assert "CHF\u00a01’234.50 7 avr. 2026" in page.text
    assert "Jour de travail" in page.text
    assert "Page suivante" in page.text


async def test_the_language_that_was_chosen_stays(browser: Clients) -> None:
    chosen = browser(sec_fetch_site="same-origin")
    answer = await chosen.post("/lifts/language", data={"language": "fr", "next": "/lifts/?a=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lifts/?a=1")
    assert '<html lang="fr">' in (await chosen.get("/lifts/")).text


async def test_a_language_that_there_is_not_is_422(client: Clients) -> None:
    assert (await client().post("/lifts/language", data={"language": "xx"})).status_code == 422


async def test_what_people_wrote_is_text(browser: Clients) -> None:
    assert "&lt;i&gt;one&lt;/i&gt;" in (await browser().get("/lifts/")).text


async def test_the_list_goes_on_and_keeps_its_filters(browser: Clients) -> None:
    assert 'rel="next" href="?q=a+b&amp;cursor=abc"' in (await browser().get("/lifts/")).text


async def test_the_navigation_says_where_one_is(client: Clients) -> None:
    text = (await client(html=True).get("/lifts/fails/rejected")).text
    for name in ("Portal", "Objects", "Contracts", "Orders", "Billing", "Outbox", "Operations"):
        assert f">{name}</a>" in text


async def test_a_page_is_not_kept_by_the_browser(browser: Clients) -> None:
    assert (await browser().get("/lifts/")).headers["cache-control"] == "no-store"


async def test_a_page_has_no_inline_code(browser: Clients) -> None:
    text = (await browser().get("/lifts/")).text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("path", ["/lifts/static/kernel/carnet.css", "/lifts/static/board.js"])
async def test_static_files(client: Clients, path: str) -> None:
    assert (await client().get(path)).status_code == 200


@pytest.mark.parametrize("path", ["kernel/nothing.js", "nothing.js", "../templates/lifts.html", "kernel/../../keys.py"])
async def test_no_other_file_is_served(client: Clients, path: str) -> None:
    assert (await client().get(f"/lifts/static/{path}")).status_code == 404


async def test_files_of_a_folder_that_was_not_built_are_404(client: Clients, pages: Pages) -> None:
    assert pages.folder
    shutil.rmtree(pages.folder / "static")
    assert (await client().get("/lifts/static/board.js")).status_code == 404


def test_addresses_of_static_files_change_with_their_content(pages: Pages) -> None:
    before = pages.static("board.js")
    assert pages.folder
    (pages.folder / "static/board.js").write_text("export const changed = 1;")
    assert before != pages.static("board.js")
    assert pages.static("not-built.js") is None


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal("7269.8"), "CHF", "CHF\u00a07’269.80"),
        (Decimal(-172), "", "-172.00"),
        (Decimal(1000000), "", "1’000’000.00"),
        (Decimal("0.005"), "", "0.01"),
        (None, "CHF", ""),
    ],
)
def test_money(value: Decimal | None, currency: str, shown: str) -> None:
    assert formats("fr_CH")["money"](value, currency) == shown


def test_numbers_dates_and_instants() -> None:
    french = formats("fr_CH")
    assert french["number"](Decimal("2.250")) == "2.25"
    assert french["date"](date(2026, 5, 4), "long") == "4 mai 2026"
    assert french["date"](None) == ""
    assert french["instant"](datetime(2026, 3, 30, 6, 0, tzinfo=UTC), "Europe/Zurich").endswith("08:00")


@pytest.mark.parametrize(
    ("header", "first"),
    [("fr-CH, en;q=0.5", "fr-CH"), ("en;q=0.2,fr;q=0.7", "fr"), ("x;q=much,fr;q=0.1", "fr"), ("", "")],
)
def test_accept_language(header: str, first: str) -> None:
    assert (preferred(header) or [""])[0] == first
