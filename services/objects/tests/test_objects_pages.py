"""What a person sees: the portal, the tree with search, the cockpit and what can be done there."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from carnet.events.dispatch import OrderCompleted, OrderCreated
from carnet.kernel.trial import Trial

HTML = {"Accept": "text/html", "Accept-Language": "en"}
DAY = date(2026, 4, 7)
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Balanced(HTMLParser):
    """Fails on a tag that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "li"} and self.open[-1] != tag:
            return
        assert self.open.pop() == tag, f"</{tag}> does not close what is open"


async def page(suite: Trial, path: str, role: str | None = "planner", **headers: str) -> str:
    await suite.settle()
    answer = await suite.get(path, role=role, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    Balanced().feed(answer.text)
    return answer.text


async def submit(suite: Trial, path: str, role: str = "planner", **fields: str) -> Any:
    return await suite.request("POST", f"/objects/pages{path}", role, data=fields, headers=HTML)


@pytest.fixture
async def ids(suite: Trial) -> dict[str, str]:
    """One customer, one site in a project, one lift."""
    made = {}
    made["K1"] = await post(suite, "parties", number="K1", name="PPE <Parc>", telephone="+41 21 000 00 00")
    made["P"] = await post(suite, "sites", number="PARC", name="Résidence du Parc", kind="project")
    made["S"] = await post(
        suite, "sites", number="S1", name="Fleurettes 12", owner_id=made["K1"], parent_id=made["P"], canton="VD"
    )
    made["A"] = await post(
        suite, "items", number="A", name="Lift A", kind="lift", parent_id=made["S"], debtor_id=made["K1"]
    )
    return made


async def post(suite: Trial, sort: str, **body: str) -> str:
    answer = await suite.post(f"/objects/{sort}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_stranger_is_sent_to_sign_in(suite: Trial) -> None:
    answer = await suite.get("/", role=None, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


async def test_the_portal_leads_everywhere_and_shows_pending_tasks(suite: Trial, ids: dict[str, str]) -> None:
    assert "No task is pending." in await page(suite, "/")
    await suite.post("/objects/tasks", {"object_id": ids["A"], "text": "ropes worn"})
    shown = await page(suite, "/")
    assert "ropes worn" in shown
    assert "Lift A" in shown
    for address in ("/objects/", "/contracts/", "/dispatch/", "/invoicing/", "/notifications/"):
        assert f'href="{address}"' in shown


async def test_an_empty_tree_says_what_to_do(suite: Trial) -> None:
    assert "No object is registered yet" in await page(suite, "/objects/")


async def test_the_tree_opens_branch_by_branch(suite: Trial, ids: dict[str, str]) -> None:
    top = await page(suite, "/objects/")
    assert "Résidence du Parc" in top
    assert "Lift A" not in top
    part = await page(suite, f"/objects/pages/branches?parent={ids['S']}", **{"HX-Request": "true"})
    assert "Lift A" in part
    assert "<html" not in part
    whole = await page(suite, f"/objects/pages/branches?parent={ids['S']}")
    assert "<html" in whole


async def test_a_branch_with_many_nodes_goes_on(suite: Trial, ids: dict[str, str]) -> None:
    for n in range(3):
        await post(suite, "items", number=f"N{n}", name=f"Part {n}", kind="part", parent_id=ids["A"])
    address = f"/objects/pages/branches?parent={ids['A']}&limit=2"
    shown = await page(suite, address, **{"HX-Request": "true"})
    assert "Part 2" not in shown
    assert "Show more" in shown


async def test_search_as_you_type_answers_a_part_of_the_page(suite: Trial, ids: dict[str, str]) -> None:
    part = await page(suite, "/objects/?q=fleur+lif", **{"HX-Request": "true"})
    assert f"/objects/pages/nodes/{ids['A']}" in part
    assert "<html" not in part
    assert "PPE &lt;Parc&gt;" in part
    assert "Nothing is found" in await page(suite, "/objects/?q=zzz")


async def test_the_cockpit_shows_a_node_in_its_place(suite: Trial, ids: dict[str, str]) -> None:
    shown = await page(suite, f"/objects/pages/nodes/{ids['A']}")
    assert shown.index("Résidence du Parc") < shown.index("Fleurettes 12") < shown.index("<h1>Lift A</h1>")
    assert "PPE &lt;Parc&gt;" in shown
    assert "No contract covers it." in shown
    french = await page(suite, f"/objects/pages/nodes/{ids['A']}", **{"Accept-Language": "fr"})
    assert "Aucun contrat ne le couvre." in french
    assert "Fleurettes 12" in await page(suite, f"/objects/pages/nodes/{ids['S']}")


async def test_a_task_is_noted_told_to_sales_and_done_with_forms(suite: Trial, ids: dict[str, str]) -> None:
    noted = await submit(suite, f"/nodes/{ids['A']}/tasks", text="ropes <worn>", due_on="")
    assert noted.status_code == 303
    assert "ropes &lt;worn&gt;" in await page(suite, noted.headers["location"])
    [task] = (await suite.get("/objects/tasks")).json()["items"]
    lead = await submit(suite, f"/nodes/{ids['A']}/tasks/{task['id']}/lead", amount="8400.00")
    assert "CHF" in await page(suite, lead.headers["location"])
    done = await submit(suite, f"/nodes/{ids['A']}/tasks/{task['id']}/done", role="technician")
    assert "done" in await page(suite, done.headers["location"])
    assert (await suite.get("/objects/tasks")).json()["items"] == []


async def test_an_object_is_registered_where_one_stands_for_its_customer(suite: Trial, ids: dict[str, str]) -> None:
    answer = await submit(suite, f"/nodes/{ids['A']}/objects", number="A-1", name="Car", kind="car")
    assert answer.status_code == 303
    shown = await page(suite, answer.headers["location"])
    assert "<h1>Car</h1>" in shown
    assert "PPE &lt;Parc&gt;" in shown
    field = await submit(suite, f"/nodes/{ids['A']}/fields", field="load", value="630 kg", valid_from="2026-01-01")
    assert "630 kg" in await page(suite, field.headers["location"])


async def test_a_refusal_is_a_page_with_the_sentence(suite: Trial, ids: dict[str, str]) -> None:
    answer = await submit(suite, f"/nodes/{ids['S']}/objects", number="A", name="Other", kind="lift")
    assert (answer.status_code, "registered already" in answer.text) == (409, True)
    wrong = await submit(suite, f"/nodes/{ids['A']}/tasks", text="x", role="viewer")
    assert wrong.status_code == 403


async def test_a_party_is_found_with_what_is_its_own(suite: Trial, ids: dict[str, str]) -> None:
    assert "PPE &lt;Parc&gt;" in await page(suite, "/objects/pages/parties?q=parc")
    shown = await page(suite, f"/objects/pages/parties/{ids['K1']}")
    assert "Lift A" in shown
    assert "Fleurettes 12" in shown


async def test_the_portal_shows_orders_under_way_and_what_happened(suite: Trial, ids: dict[str, str]) -> None:
    assert "Every order is finished." in await page(suite, "/")
    order: dict[str, Any] = {"order_id": "o1", "object_id": ids["A"], "order_type": "fault", "number": "26-1"}
    await suite.publish("order-o1", OrderCreated(**order, created_on=DAY))
    shown = await page(suite, "/")
    assert "/dispatch/pages/orders/o1" in shown
    assert 'hx-get="/contracts/pages/due' in shown
    await suite.publish("order-o1", OrderCompleted(**order, completed_on=DAY, report_ids=()))
    done = await page(suite, "/")
    assert "Every order is finished." in done
    assert "Order completed" in done
