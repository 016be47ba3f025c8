"""What planners see: the week by day and technician, what is to be planned, one order and what can be done."""

from typing import Any

import pytest

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

HTML = {"Accept": "text/html"}


async def page(firm: Any, path: str, role: str = "planner", language: str = "en") -> str:
    await firm.suite.settle()
    headers = HTML | {"Accept-Language": language}
    answer = await firm.suite.get(f"/dispatch{path}", role, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def submit(firm: Any, path: str, role: str = "planner", **fields: Any) -> Any:
    return await firm.suite.request("POST", f"/dispatch/pages{path}", role, data=fields, headers=HTML)


async def test_an_empty_week_says_so(firm: Any) -> None:
    shown = await page(firm, "/")
    assert "Nothing is planned in this week." in shown
    assert "Every order is planned." in shown


async def test_the_week_shows_orders_by_day_and_technician(firm: Any) -> None:
    order, other = await firm.fault(), await firm.fault("hydro")
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller, firm.krasniqi)
    shown = await page(firm, "/?day=2026-04-09")
    assert shown.index("Driton Krasniqi</th>") < shown.index("Sandra Keller</th>")
    assert "Tuesday" in shown
    assert f"/dispatch/pages/orders/{other}" in shown[shown.index("To be planned") :]
    alone = await page(firm, f"/?day=2026-04-09&technician={firm.keller}")
    assert "Driton Krasniqi</th>" not in alone
    assert "mardi" in await page(firm, "/?day=2026-04-09", language="fr")


async def test_an_order_is_taken_planned_agreed_and_completed_with_forms(firm: Any) -> None:
    taken = await submit(firm, "/orders/new", number="A", description="<b>stopped</b>", skills="doors, traction")
    assert taken.status_code == 303
    order = taken.headers["location"].split("/")[-1].split("?")[0]
    plan: dict[str, Any] = {"day": "2026-04-07", "start": "08:00", "end": "10:00", "technician": [firm.keller]}
    assert (await submit(firm, f"/orders/{order}/plan", **plan)).status_code == 303
    assert (await submit(firm, f"/orders/{order}/appointment")).status_code == 303
    arrival = {"technician": firm.keller, "day": "2026-04-07", "at": "08:20"}
    assert (await submit(firm, f"/orders/{order}/arrival", role="technician", **arrival)).status_code == 303
    await firm.report(order, firm.keller, "2026-04-07", ("repair", "2.25"), ("part", "1", "door-contact"))
    assert (await submit(firm, f"/orders/{order}/completion", role="technician")).status_code == 303
    shown = await page(firm, f"/pages/orders/{order}")
    assert "&lt;b&gt;stopped" in shown
    assert "doors, traction" in shown
    assert "door-contact" in shown
    assert "Approve the work" in shown
    assert (await submit(firm, f"/orders/{order}/approval", role="bookkeeper")).status_code == 303
    (event,), (arrived,) = await firm.published("OrderPlanned"), await firm.published("TechnicianArrived")
    assert (event["starts_at"], arrived["arrived_at"]) == ("2026-04-07T06:00:00Z", "2026-04-07T06:20:00Z")


async def test_a_technician_reports_work_with_a_form(firm: Any) -> None:
    order = await firm.fault()
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller)
    work = {"technician": firm.keller, "day": "2026-04-07", "kind": "repair", "hours": "", "km": "", "article": ""}
    empty = await submit(firm, f"/orders/{order}/reports", role="technician", **work)
    assert (empty.status_code, "Fill in hours, km or a part." in empty.text) == (422, True)
    full = work | {"hours": "2.25", "km": "24", "article": "door-contact", "pieces": ""}
    assert (await submit(firm, f"/orders/{order}/reports", role="technician", **full)).status_code == 303
    (told,) = await firm.published("WorkReported")
    items = [(item["kind"], item["quantity"], item["article"]) for item in told["items"]]
    assert items == [("repair", "2.25", None), ("km", "24", None), ("part", "1", "door-contact")]
    assert (await submit(firm, f"/orders/{order}/reports", **work | {"hours": "-1"})).status_code == 422


async def test_a_technician_reports_a_part_under_warranty(firm: Any) -> None:
    order = await firm.fault()
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller)
    work = {"technician": firm.keller, "day": "2026-04-07", "hours": "2", "article": "door-contact", "warranty": "true"}
    assert (await submit(firm, f"/orders/{order}/reports", role="technician", **work)).status_code == 303
    (told,) = await firm.published("WorkReported")
    assert [item["warranty"] for item in told["items"]] == [False, True]


async def test_a_refusal_is_a_page_with_the_sentence(firm: Any) -> None:
    order = await firm.fault("hydro", needs={"skills": ["hydraulic"]})
    plan: dict[str, Any] = {"day": "2026-04-07", "start": "08:00", "end": "10:00", "technician": [firm.keller]}
    refused = await submit(firm, f"/orders/{order}/plan", **plan)
    assert refused.status_code == 409
    assert "Sandra Keller lacks hydraulic" in refused.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"start": "10:00", "end": "10:00"}, "ends after it starts"),
        ({"day": "soon"}, "day"),
        ({"technician": []}, "technician"),
    ],
)
async def test_a_wrong_field_is_named(firm: Any, fields: dict[str, Any], sentence: str) -> None:
    order = await firm.fault()
    plan: dict[str, Any] = {"day": "2026-04-07", "start": "08:00", "end": "10:00", "technician": [firm.keller]}
    refused = await submit(firm, f"/orders/{order}/plan", **plan | fields)
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_an_order_is_cancelled_with_a_reason(firm: Any) -> None:
    order = await firm.fault()
    assert (await submit(firm, f"/orders/{order}/cancellation", reason="wrong lift", by="us")).status_code == 303
    shown = await page(firm, f"/pages/orders/{order}", role="viewer")
    assert "wrong lift" in shown
    assert '<form class="sheet"' not in shown


async def test_what_is_not_known_and_who_may_not(firm: Any) -> None:
    assert (await submit(firm, "/orders/new", number="none")).status_code == 422
    assert (await submit(firm, "/orders/new", role="viewer", number="A")).status_code == 403
    assert (await firm.suite.get("/dispatch/pages/orders/none", headers=HTML)).status_code == 404


async def test_all_orders_are_listed_by_state_technician_and_object(firm: Any) -> None:
    assert "There is no order yet" in await page(firm, "/pages/orders")
    lift, other = await firm.fault(), await firm.fault("hydro")
    await firm.plan(lift, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller)
    everything = await page(firm, "/pages/orders")
    assert (lift in everything, other in everything) == (True, True)
    for query in ("status=planned", f"technician={firm.keller}", "number=A"):
        shown = await page(firm, f"/pages/orders?{query}")
        assert (query, lift in shown, other in shown) == (query, True, False)
    assert "No order is like this." in await page(firm, "/pages/orders?number=nowhere")
    assert 'rel="next"' in await page(firm, "/pages/orders?limit=1")


@ON_BOTH
async def test_a_quiet_week_still_shows_what_was_worked_on_last(firm: Any) -> None:
    order = await firm.fault()
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller)
    await firm.report(order, firm.keller, "2026-04-07", ("repair", "2.25"))
    assert "Worked on last" not in await page(firm, "/?day=2026-06-01")
    assert (await submit(firm, f"/orders/{order}/completion", role="technician")).status_code == 303
    shown = await page(firm, "/?day=2026-06-01")
    assert order in shown[shown.index("Worked on last") :]
