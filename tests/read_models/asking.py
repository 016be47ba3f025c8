"""What is asked of five services to see that two databases answer alike: each list in short pages, each detail."""

from collections.abc import AsyncIterator
from typing import Any, Final

from carnet.kernel.trial import Trial

LISTS: Final = (
    "/objects/parties?limit=2",
    "/objects/parties?q=de",
    "/objects/sites?limit=2",
    "/objects/items?limit=3",
    "/objects/tasks?limit=1&pending=false",
    "/objects/tree?limit=1",
    "/contracts?limit=1",
    "/contracts?number=c-",
    "/contracts/runs?limit=3",
    "/contracts/due?from=2026-01-01&to=2026-12-31&limit=3",
    "/contracts/reactions?limit=1",
    "/contracts/obligations?contract=C-1&year=2026",
    "/dispatch/orders?limit=3",
    "/dispatch/technicians",
    "/dispatch/equipment",
    "/dispatch/articles",
    "/dispatch/agenda?from=2026-04-13&to=2026-04-20",
    "/invoicing/articles",
    "/invoicing/runs/parked",
    "/invoicing/invoices?limit=2",
    "/invoicing/invoices?number=r2026-000",
    "/invoicing/invoices?open=true",
    "/invoicing/ledger?from=2026-01-01&to=2026-12-31",
    "/invoicing/deferrals?until=2026-06-30",
    "/notifications/preferences?limit=1",
    "/notifications/outbox?limit=5",
    "/notifications/outbox/counts",
    *(f"/objects/search?q={words}" for words in ("a", "as", "asc", "scen", "fleur 12 asc", "k1", "delac lau", "2 m")),
)
DETAILS: Final = {
    "/objects/parties?limit=2": ("id", "/objects/parties/{}"),
    "/objects/sites?limit=2": ("id", "/objects/tree?limit=1&parent={}"),
    "/objects/items?limit=3": ("id", "/objects/items/{}/cockpit"),
    "/contracts?limit=1": ("contract_id", "/contracts/{}"),
    "/dispatch/orders?limit=3": ("order_id", "/dispatch/orders/{}"),
    "/invoicing/invoices?limit=2": ("document_id", "/invoicing/invoices/{}"),
    "/notifications/outbox?limit=5": ("notification_id", "/notifications/outbox/{}"),
}
PAGES: Final = ("/", "/objects/", "/contracts/", "/dispatch/", "/invoicing/", "/notifications/")


async def answers(suite: Trial) -> dict[str, Any]:
    """Ask all of it; give the answers by their questions."""
    found: dict[str, Any] = {}
    for question in LISTS:
        found[question] = [page async for page in listed(suite, question)]
    for question, (name, detail) in DETAILS.items():
        for row in (row for page in found[question] for row in page["items"]):
            found[detail.format(row[name])] = [page async for page in listed(suite, detail.format(row[name]))]
    for page in PAGES:
        answer = await suite.get(page, headers={"Accept": "text/html"})
        found[page] = (answer.status_code, answer.text)
    return found


async def listed(suite: Trial, question: str) -> AsyncIterator[Any]:
    """Give a list page by page; what is no list is one page."""
    cursor: dict[str, str] = {}
    while True:
        answer = await suite.get(question + "".join(f"&cursor={each}" for each in cursor.values()))
        answer.raise_for_status()
        page = answer.json()
        yield page
        if not isinstance(page, dict) or not page.get("next"):
            return
        cursor = {"cursor": page["next"]}
