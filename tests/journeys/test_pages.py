"""The pages as people use them: in a browser, by mouse and by keyboard, in two languages, also without JavaScript."""

import re
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from carnet.runner.demo.firm import found, sign_contracts
from carnet.runner.demo.office import Office
from carnet.runner.demo.visits import Work, carry_out, fault
from carnet.runner.suite import client, serving

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.effectiveDirective}`))"
NEW_YEAR = date(2026, 1, 1)
MOST_TABS = 80


@dataclass
class Visit:
    """The suite with a small firm, and a browser that looks at it; `ids` by the firm's own numbers."""

    address: str
    office: Office
    browser: Browser
    ids: dict[str, str] = field(default_factory=dict)

    async def page(self, role: str = "planner", **options: Any) -> tuple[Page, list[str]]:
        """Sign in as a role; gives the page and what the browser complains about meanwhile."""
        settings: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}}
        context: BrowserContext = await self.browser.new_context(base_url=self.address, **settings | options)
        context.set_default_timeout(10_000)
        page, complaints = await context.new_page(), list[str]()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.add_init_script(VIOLATIONS)
        await page.goto("/sign-in")
        await page.click(f"button[value={role}]")
        await expect(page.locator("h1")).to_have_text("The service book of every machine")
        return page, complaints

    def main_pages(self) -> Sequence[str]:
        ids = self.ids
        return (
            "/",
            "/objects/?q=fleur",
            f"/objects/pages/nodes/{ids['A']}",
            f"/objects/pages/branches?parent={ids['S-COLLINE']}",
            "/objects/pages/parties",
            f"/objects/pages/parties/{ids['K1']}",
            "/contracts/",
            "/contracts/pages/offers",
            "/contracts/pages/offers/new",
            f"/contracts/pages/offers/{ids['offer']}",
            f"/contracts/pages/offers/new?offer={ids['offer']}",
            "/contracts/pages/due",
            "/contracts/pages/decisions",
            "/contracts/pages/templates",
            f"/contracts/pages/contracts/{ids['C-1']}",
            f"/contracts/pages/contracts/{ids['C-1']}/amendments/new",
            f"/contracts/pages/contracts/{ids['C-1']}/amendments/new?what=cycles&position=A",
            f"/contracts/pages/contracts/{ids['C-1']}/amendments/new?what=coverage",
            "/dispatch/",
            "/dispatch/pages/orders",
            "/dispatch/pages/orders/new",
            f"/dispatch/pages/orders/{ids['order']}",
            f"/dispatch/pages/orders/{ids['worked']}/reports/{ids['report']}",
            "/invoicing/",
            f"/invoicing/pages/documents/{ids['invoice']}",
            "/invoicing/pages/open-items",
            f"/invoicing/pages/debtors/{ids['K1']}",
            "/invoicing/pages/debtors",
            f"/invoicing/pages/debtors/{ids['K1']}/terms",
            "/invoicing/pages/article",
            "/invoicing/pages/article?code=labour",
            "/invoicing/pages/taxes?q=fleur",
            f"/invoicing/pages/places/{ids['A']}",
            "/invoicing/pages/run",
            f"/invoicing/pages/documents/{ids['invoice']}/lines/A/2026-01-01/1",
            "/invoicing/pages/journal",
            "/invoicing/pages/prices",
            "/invoicing/pages/orders",
            f"/invoicing/pages/orders/{ids['order']}",
            "/invoicing/pages/costs",
            "/notifications/",
            f"/notifications/pages/outbox/{ids['mail']}",
            "/objects/ops/",
            "/objects/ops/pages/audit",
            "/objects/docs",
            "/nowhere",
        )


def chromium() -> str:
    """Find a browser; skips where there is none."""
    found_ones = (path for name in BROWSERS if (path := shutil.which(name)))
    return next(found_ones, "") or pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    executable, data = chromium(), tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CARNET_BUSINESS_DAY", f"{NEW_YEAR}")
        async with serving(data) as (address, _), client(data, address) as speaks, async_playwright() as player:
            browser = await player.chromium.launch(executable_path=executable, args=list(QUIET))
            yield await small_firm(Visit(address, Office(speaks), browser))
            await browser.close()


async def small_firm(visit: Visit) -> Visit:
    """Found the demonstration's firm, sign its contracts on New Year, bill them, prepare one visit, repair one lift."""
    office = visit.office
    await found(office)
    await office.rest()
    await sign_contracts(office)
    await office.rest()
    await office.post("/contracts/runs", {"date": f"{NEW_YEAR}"})
    await office.post("/invoicing/runs", {"date": f"{NEW_YEAR}"})
    await office.rest()
    (order,), (invoice,) = await office.all("/dispatch/orders"), await office.all("/invoicing/invoices")
    contract, mails = await office.get("/contracts/C-1"), await office.all("/notifications/outbox")
    visit.ids = {**office.ids, "order": order["order_id"], "invoice": invoice["document_id"]}
    visit.ids |= {"C-1": contract["contract_id"], "mail": mails[0]["notification_id"]}
    visit.ids["offer"] = await offered(office)
    worked = await fault(office, "BL-1", "Porte bloquée")
    await carry_out(office, worked, [Work("krasniqi", "1.5", "12", {"lamp": "1"})], "14:00", kind="repair")
    await office.rest()
    (report,) = (await office.get(f"/dispatch/orders/{worked}"))["reports"]
    visit.ids |= {"worked": worked, "report": report["report_id"]}
    return visit


async def offered(office: Office) -> str:
    """Offer a contract with a service every three months and a reaction time; gives its id."""
    service = {"cycle_id": "quarterly", "service": "quarterly", "every_months": 3, "anchor": "2026-02-01"}
    position = {"position_id": "1", "object_id": office.ids["BL-1"], "fee": "900.00", "cycles": [service]}
    body = {"number": "C-9", "kind": "maintenance", "debtor_id": office.ids["K2"], "start": "2026-02-01"}
    terms = {"positions": [position], "reactions": [{"within_minutes": 240}], "valid_until": "2026-01-31"}
    made = await office.post("/contracts/offers", {**body, **terms})
    return str(made["id"])


async def test_an_object_is_found_by_typing_and_its_book_opened(visit: Visit) -> None:
    page, complaints = await visit.page()
    await expect(page.get_by_text("Entretien trimestriel")).to_be_visible()
    await page.get_by_label("Find an object").press_sequentially("fleur 12 asc")
    await page.get_by_role("link", name="A", exact=True).click()
    await expect(page.locator("h1")).to_have_text("Ascenseur A 630 kg")
    await expect(page.get_by_role("link", name="C-1")).to_be_visible()
    await expect(page.get_by_role("link", name="R2026-0001")).to_be_visible()
    assert complaints == []


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        called = await page.evaluate(
            "(e => (e.labels && e.labels.length ? e.labels[0] : e).textContent.trim())(document.activeElement)"
        )
        if called == words:
            return
    raise AssertionError(f"Tab never reaches {words!r} on {page.url}")


async def fill(page: Page, label: str, text: str) -> None:
    await tab_to(page, label)
    await page.keyboard.type(text)


async def press(page: Page, words: str, key: str = "Enter") -> None:
    await tab_to(page, words)
    await page.keyboard.press(key)


async def test_a_fault_report_is_taken_and_planned_by_keyboard_alone(visit: Visit) -> None:
    page, complaints = await visit.page()
    await page.goto(f"/objects/pages/nodes/{visit.ids['A']}")
    await press(page, "Take a fault report")
    await expect(page.get_by_label("Number of the object")).to_have_value("A")
    await fill(page, "What is wrong", "Stopped between two floors")
    await fill(page, "Skills that it needs", "hydraulic")
    await press(page, "Create the order")
    await expect(page.get_by_text("To be planned")).to_be_visible()

    await press(page, "Sandra Keller", "Space")
    await press(page, "Plan")
    refusal = page.locator("#notice")
    await expect(refusal).to_contain_text("Sandra Keller lacks hydraulic")
    await expect(refusal).to_be_focused()
    await expect(page.get_by_label("Sandra Keller")).to_be_checked()
    complaints.clear()  # the browser reports the refused request itself

    await press(page, "Luc Favre", "Space")
    await press(page, "Sandra Keller", "Space")
    await press(page, "Plan")
    await expect(page.get_by_role("button", name="The customer agrees to this time")).to_be_visible()
    await expect(page.locator("dl")).to_contain_text("Luc Favre")
    await press(page, "The customer agrees to this time")
    await expect(page.get_by_text("Agreed with the customer")).to_be_visible()
    await fill(page, "Hours", "1.5")
    await press(page, "Report work")
    await press(page, "Complete the order")
    await expect(page.locator("h1 + p")).to_contain_text("Completed")
    assert complaints == []


async def test_an_amendment_shows_its_visits_and_its_money_as_it_is_typed(visit: Visit) -> None:
    page, complaints = await visit.page("bookkeeper")
    await page.goto(f"/contracts/pages/contracts/{visit.ids['C-1']}")
    await page.get_by_role("link", name="Add a position").click()
    await page.get_by_label("Object", exact=True).fill("BL-1")
    await page.get_by_label("Fee a year").fill("1'320.00")
    await page.get_by_label("Service", exact=True).fill("quarterly")
    await page.get_by_label("Every so many months").fill("3")
    await page.get_by_label("First due on").fill("2026-08-18")
    day, preview = page.get_by_label("First covered day"), page.locator("#preview")
    await day.fill("2025-12-31")
    await expect(page.locator("#error-day")).to_contain_text("date the change on or after that day")
    await day.fill("2026-05-18")
    await expect(page.locator("#error-day")).to_be_empty()
    await expect(preview).to_contain_text("18 November 2026")
    await expect(preview).to_contain_text("160.44")
    await expect(preview).to_contain_text("CHF\N{NO-BREAK SPACE}173.45")
    await expect(preview).to_contain_text("CHF\N{NO-BREAK SPACE}1’880.95")
    await day.press("Enter")
    await expect(page).to_have_url(re.compile("/amendments/preview$"))  # Enter signs nothing
    await expect(preview).to_contain_text("18 November 2026")
    await page.get_by_role("button", name="Another service").click()
    await expect(page.get_by_label("Every so many months")).to_have_count(2)
    await expect(day).to_have_value("2026-05-18")
    await page.get_by_role("button", name="Sign the amendment").click()
    await expect(page.get_by_text("2, holds from 18 May 2026")).to_be_visible()
    await expect(page.get_by_text("Position 3 added: Monte-lits 1")).to_be_visible()
    await page.get_by_role("link", name="What was billed").click()
    await expect(page.get_by_role("link", name="R2026-0001")).to_be_visible()
    assert complaints == []


async def test_a_new_day_leads_to_its_runs(visit: Visit) -> None:
    page, complaints = await visit.page("admin")
    await page.goto("/objects/ops/")
    await page.get_by_label("The suite's today").fill("2026-07-01")
    await page.get_by_role("button", name="Advance the business day").click()
    await page.get_by_role("link", name="prepare the services that fall due").click()
    await page.get_by_role("button", name="Prepare the services of 1 July 2026").click()
    await page.get_by_role("link", name="Next: bill what is due").click()
    await expect(page.get_by_role("rowheader", name="C-1").first).to_be_visible()
    await page.get_by_role("button", name="Bill the fees").click()
    await expect(page.get_by_text("The fees of this day were billed")).to_be_visible()
    assert complaints == []


async def test_the_way_back_through_a_filtered_list_shows_whole_pages(visit: Visit) -> None:
    page, complaints = await visit.page("viewer")
    await page.goto("/dispatch/pages/orders")
    await page.get_by_label("State").select_option("cancelled")
    await expect(page.get_by_text("No order is like this.")).to_be_visible()
    assert "status=cancelled" in page.url
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("All orders")
    await expect(page.locator("tbody tr").first).to_be_visible()
    kept = await page.evaluate("({...sessionStorage, ...localStorage})")
    assert not any("<main" in each for each in kept.values())  # no page of the firm stays in the browser
    assert complaints == []


async def test_the_language_changes_where_one_is(visit: Visit) -> None:
    page, complaints = await visit.page("viewer")
    await page.goto("/dispatch/pages/orders?status=open")
    await page.get_by_role("button", name="Français").click()
    await expect(page.locator("h1")).to_have_text("Tous les ordres")
    assert page.url.endswith("/dispatch/pages/orders?status=open")
    assert await page.get_attribute("html", "lang") == "fr"
    assert complaints == []


async def test_without_javascript_the_same_can_be_done(visit: Visit) -> None:
    page, _ = await visit.page(java_script_enabled=False)
    await page.get_by_label("Find an object").fill("fleur 12 asc")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="A", exact=True).click()
    await page.get_by_role("link", name="Take a fault report").click()
    await page.get_by_label("Number of the object").fill("nowhere")
    await page.get_by_role("button", name="Create the order").click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no object nowhere; check its number.")


async def test_a_forbidden_and_an_unknown_page_say_what_to_do(visit: Visit) -> None:
    page, _ = await visit.page("viewer")
    forbidden = await page.goto("/dispatch/pages/orders/new")
    assert forbidden is not None
    assert forbidden.status == 403
    await expect(page.locator("h1")).to_have_text("Not allowed")
    unknown = await page.goto("/dispatch/pages/orders/nothing")
    assert unknown is not None
    assert unknown.status == 404
    await expect(page.get_by_role("link", name="Go back")).to_be_visible()


async def planted(route: Route) -> None:
    """Let a page pass with what somebody might bring into it."""
    answer = await route.fetch()
    evil = "document.documentElement.dataset.evil = 'yes'"
    foreign = f"<script>{evil}</script><img src=/nothing onerror=\"{evil}\"><p style='color: red'></p>"
    await route.fulfill(response=answer, body=(await answer.text()).replace("<h1", f"{foreign}<h1", 1))


async def test_a_script_that_is_planted_in_a_page_does_not_run(visit: Visit) -> None:
    page, complaints = await visit.page("viewer")
    await page.route("**/dispatch/pages/orders", planted)
    await page.goto("/dispatch/pages/orders", wait_until="networkidle")
    await expect(page.locator("img[onerror]")).to_be_attached()
    assert await page.get_attribute("html", "data-evil") is None
    refused = {each.removeprefix("CSP ") for each in complaints if each.startswith("CSP ")}
    assert refused == {"script-src-elem", "script-src-attr", "style-src-attr"}


async def test_every_page_fits_a_telephone_and_violates_no_rule_of_wcag_or_of_its_own_csp(visit: Visit) -> None:
    if not AXE.exists():
        pytest.skip(f"axe-core is not installed at {AXE}; make setup installs it")
    page, complaints = await visit.page("admin")
    axe, flaws = AXE.read_text(), list[str]()
    for address in visit.main_pages():
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(address, wait_until="networkidle" if address == "/" else "load")
        await page.evaluate(axe)
        violations = await page.evaluate("tags => axe.run({runOnly: tags}).then(r => r.violations)", WCAG)
        flaws += [f"{address}: {each['id']}: {each['nodes'][0]['html']}" for each in violations]
        await page.set_viewport_size({"width": 400, "height": 800})
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            flaws.append(f"{address}: wider than a telephone")
    assert flaws == []
    assert [each for each in complaints if "status of 404" not in each] == []
