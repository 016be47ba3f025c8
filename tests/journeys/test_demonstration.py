"""The year 2026 of Rochat Ascenseurs SA: every number, amount and date, played once over real HTTP."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
from expected import DOCUMENTS, FIGURES, total

from carnet.kernel.service import CONTEXTS
from carnet.runner.demo import play
from carnet.runner.demo.office import Office
from carnet.runner.suite import client, serving, settle


@dataclass
class Year:
    """The suite after its year, and a runner for what a test asks it."""

    loop: asyncio.Runner
    office: Office
    figures: dict[str, Any]

    def get(self, path: str, **query: Any) -> Any:
        return self.loop.run(self.office.get(path, **query))

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return self.loop.run(self.office.all(path, **query))

    def raw(self, path: str) -> httpx.Response:
        return self.loop.run(self.office.client.get(path))

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.loop.run(self.office.client.post(path, json=body, timeout=120))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Play the year once for all tests of this module."""
    data = tmp_path_factory.mktemp("demonstration")
    with asyncio.Runner() as loop:
        suite = serving(data)
        address, _ = loop.run(suite.__aenter__())
        speaks = client(data, address)
        figures = loop.run(play(speaks))
        yield Year(loop, Office(speaks), figures)
        loop.run(speaks.aclose())
        loop.run(suite.__aexit__(None, None, None))


def test_the_figures_come_out(year: Year) -> None:
    assert {name: value for name, value in year.figures.items() if name != "seconds"} == FIGURES
    assert year.figures["seconds"] > 0


def documents(year: Year) -> dict[str, dict[str, Any]]:
    return {document["number"]: document for document in year.all("/invoicing/invoices")}


@pytest.mark.parametrize("expected", DOCUMENTS.strip().splitlines(), ids=lambda line: line[:10])
def test_each_document_is_exact_to_the_cent(year: Year, expected: str) -> None:
    number, issued, debtor, *amounts = (part.strip() for part in expected.split("|"))
    found = documents(year)[number]
    names = ("net", "vat", "total", "rounding", "payable")
    parties = {party["id"]: party["number"] for party in year.all("/objects/parties")}
    shown = [total(found[name]) for name in names]
    assert (found["issued_on"], parties[found["debtor_id"]], shown) == (issued, debtor, list(map(Decimal, amounts)))


def test_each_document_is_a_pdf_that_names_its_number(year: Year) -> None:
    for number, document in documents(year).items():
        answer = year.raw(f"/invoicing/invoices/{document['document_id']}/pdf")
        assert answer.headers["content-type"] == "application/pdf", number
        assert answer.content.startswith(b"%PDF-"), number


def test_nothing_is_held_and_everything_is_at_rest(year: Year) -> None:
    for context in CONTEXTS:
        status = year.get(f"/{context}/ops/status")
        assert [c for c in status["consumers"] if c["lag"] or c["held"]] == [], context


def test_verify_agrees_in_every_service(year: Year) -> None:
    for context in CONTEXTS:
        assert year.post(f"/{context}/ops/verify").json()["differences"] == [], context


def test_obligations_are_kept(year: Year) -> None:
    for number, expected in {"C-1": (7, 7, 0, 0), "C-2": (2, 1, 1, 0)}.items():
        kept = year.get(f"/contracts/{number}")["obligations"]
        assert (kept["promised"], kept["done"], kept["skipped"], kept["open"]) == expected, number


def test_the_hours_add_up(year: Year) -> None:
    orders = [year.get(f"/dispatch/orders/{order['order_id']}") for order in year.all("/dispatch/orders")]
    items = [item for order in orders for report in order["reports"] for item in report["items"]]
    hours = sum(Decimal(item["quantity"]) for item in items if item["kind"] in {"repair", "service"})
    km = sum(Decimal(item["quantity"]) for item in items if item["kind"] == "km")
    assert (hours, km) == (Decimal("31.25"), Decimal(460))


def test_every_event_of_the_year_says_who_made_it_and_by_which_request(year: Year) -> None:
    actors = dict[str, set[str]]()
    for context in CONTEXTS:
        entries = everything_noted(year, context)
        assert [entry for entry in entries if not entry["actor"] or not entry["correlation"]] == [], context
        actors[context] = {entry["actor"] for entry in entries}
    assert [context for context in CONTEXTS if "command-line-admin" not in actors[context]] == []
    assert "ticker" in actors["contracts"]
    assert "a due service becomes an order" in actors["dispatch"]


def everything_noted(year: Year, context: str) -> list[dict[str, Any]]:
    """Wait until the audit has all that this store has; in a file positions are counted from 1 without gaps."""
    until, head = time.monotonic() + 60, year.get(f"/{context}/ops/status")["head"]
    while len(entries := year.all(f"/{context}/ops/audit")) < head:
        assert time.monotonic() < until, f"{context}: {len(entries)} of {head}"
        time.sleep(0.1)
    return entries


def test_the_second_play_adds_nothing(year: Year) -> None:
    heads = [year.get(f"/{context}/ops/status")["head"] for context in CONTEXTS]
    again = year.loop.run(play(year.office.client))
    year.loop.run(settle(year.office.client))
    assert {name: value for name, value in again.items() if name != "seconds"} == FIGURES
    assert [year.get(f"/{context}/ops/status")["head"] for context in CONTEXTS] == heads


PAGES = [
    "/",
    "/objects/",
    "/contracts/",
    "/dispatch/",
    "/invoicing/",
    "/notifications/",
    *(f"/{c}/ops/" for c in CONTEXTS),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_page_shows_itself_in_both_languages(year: Year, page: str, language: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    answer = year.loop.run(year.office.client.get(page, headers=headers, follow_redirects=True))
    assert answer.status_code == 200
    assert re.search(f'<html[^>]* lang="{language}"', answer.text), page
    assert "<main" in answer.text
