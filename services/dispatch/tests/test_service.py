"""The demonstration's year through HTTP: who is refused and why, what is published, what is shown."""

from asyncio import gather
from datetime import date
from typing import Any

import pytest

from carnet.dispatch.read_models import order_views
from carnet.events.contracts import ServiceDue
from carnet.events.inbound import Absence
from carnet.kernel.trial import Trial

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

MILITARY_SERVICE = {
    "id": "ZR-1",
    "technician_number": "1",
    "kind": "military_service",
    "starts_at": "2026-06-08T00:00+02:00",
    "ends_at": "2026-06-27T00:00+02:00",
}
AWAY = "Luc Favre is on military service from 8 to 26 June; choose someone else or another day."


def service_due(**more: Any) -> ServiceDue:
    facts = {
        "occurrence_id": "c1-a-q-0",
        "contract_id": "c1",
        "contract_kind": "maintenance",
        "contract_version": 1,
        "position_id": "a",
        "cycle_id": "q",
        "k": 0,
        "object_id": "lift-a",
        "debtor_id": "k1",
        "contact_id": "regie",
        "service": "quarterly service",
        "due_on": date(2026, 4, 15),
        "prepare_on": date(2026, 3, 16),
        "raised_on": date(2026, 3, 16),
    }
    return ServiceDue.model_validate(facts | more)


@ON_BOTH
async def test_a_fault_from_the_call_to_the_approved_work(firm: Any) -> None:
    order = await firm.fault(description="lift A stopped", reported_at="2026-04-02T16:45:00+02:00")
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T11:00+02:00", firm.keller)
    await firm.post(f"/orders/{order}/appointment", {"agreed_on": "2026-04-02"})
    await firm.post(f"/orders/{order}/arrival", {"technician_id": firm.keller, "at": "2026-04-07T08:20+02:00"})
    items = (("repair", "2.25"), ("km", "24"), ("part", "1", "door-contact"))
    report = await firm.report(order, firm.keller, "2026-04-07", *items)
    await firm.post(f"/orders/{order}/completion", {"completed_on": "2026-04-07"})
    await firm.post(f"/orders/{order}/approval", {"approved_on": "2026-04-08"}, role="bookkeeper")
    shown = await firm.get(f"/orders/{order}")
    assert (shown["status"], shown["debtor"]["name"], shown["contact"]["name"]) == (
        "approved",
        "PPE Résidence du Parc",
        "Régie Delacroix SA",
    )
    assert shown["technicians"] == [{"id": firm.keller, "number": "2", "name": "Sandra Keller"}]
    assert [item["quantity"] for item in shown["reports"][0]["items"]] == ["2.25", "24", "1"]
    (hours,) = await firm.published("HoursRecorded")
    assert (hours["hours"], hours["technician_id"], hours["internal"]) == ("2.25", firm.keller, False)
    (completed,) = await firm.published("OrderCompleted")
    assert completed["report_ids"] == [report]
    (agreed,) = await firm.published("AppointmentAgreed")
    assert (agreed["debtor_id"], agreed["contact_id"], agreed["zone"]) == ("k1", "regie", "Europe/Zurich")
    (arrived,) = await firm.published("TechnicianArrived")
    assert arrived["arrived_at"] == "2026-04-07T06:20:00Z"


async def test_on_10_june_favre_is_on_military_service(firm: Any) -> None:
    await firm.suite.publish("absences-1", Absence.model_validate(MILITARY_SERVICE))
    await firm.suite.settle()
    order = await firm.fault()
    when = ("2026-06-10T08:00+02:00", "2026-06-10T09:00+02:00")
    assert await firm.plan(order, *when, firm.favre, status=409) == AWAY
    await firm.plan(order, *when, firm.keller)
    people = {each["name"]: each for each in await firm.get("/technicians", day="2026-06-10")}
    assert not people["Luc Favre"]["free"]
    assert people["Luc Favre"]["absences"][0]["kind"] == "military_service"
    assert people["Sandra Keller"]["bookings"][0]["order_id"] == order
    assert people["Driton Krasniqi"] == people["Driton Krasniqi"] | {
        "free": True,
        "skills": ["electronics", "hydraulic", "traction"],
    }


async def test_on_22_june_the_suggestions_and_the_refusals_say_the_same(firm: Any) -> None:
    await firm.post("/absences", MILITARY_SERVICE, 201)
    order = await firm.fault("hydro", needs={"skills": ["hydraulic"]})
    when = {"starts_at": "2026-06-22T08:00:00+02:00", "ends_at": "2026-06-22T10:00:00+02:00"}
    suggested = await firm.get(f"/orders/{order}/suggestions", **when)
    assert [(each["name"], each["suitable"], each["because"]) for each in suggested] == [
        ("Driton Krasniqi", True, "has hydraulic and is free"),
        ("Luc Favre", False, "on military service from 8 to 26 June"),
        ("Sandra Keller", False, "lacks hydraulic"),
    ]
    assert await firm.plan(order, *when.values(), firm.favre, status=409) == AWAY
    assert await firm.plan(order, *when.values(), firm.keller, status=409) == (
        "Sandra Keller lacks hydraulic, which this order needs; Driton Krasniqi has hydraulic and is free."
    )
    await firm.plan(order, *when.values(), firm.krasniqi)


async def test_a_due_service_becomes_one_order_and_two_come_with_the_test_weights(firm: Any) -> None:
    needs = {"persons": 2, "skills": ("traction",), "equipment": ("test weights",)}
    for stream in ("run-2026-03-16", "run-2026-03-17"):
        await firm.suite.publish(stream, service_due(**needs))
    (order,) = (await firm.get("/orders"))["items"]
    assert (order["order_type"], order["due_on"], order["created_on"]) == ("maintenance", "2026-04-15", "2026-03-16")
    when = ("2026-04-15T08:00+02:00", "2026-04-15T11:00+02:00")
    pair = (firm.favre, firm.krasniqi)
    assert "needs test weights" in await firm.plan(order["order_id"], *when, *pair, status=409)
    assert "needs 2 technicians" in await firm.plan(order["order_id"], *when, firm.favre, status=409)
    await firm.plan(order["order_id"], *when, *pair, equipment_ids=[firm.weights])
    (planned,) = await firm.published("OrderPlanned")
    assert (planned["technician_ids"], planned["equipment"]) == ([firm.favre, firm.krasniqi], [firm.weights])
    agenda = await firm.get("/agenda", **{"from": "2026-04-13", "to": "2026-04-17"})
    assert [len(each["bookings"]) for each in agenda["technicians"]] == [1, 1, 0]
    assert agenda["equipment"][0]["bookings"][0]["object"]["name"] == "Lift A 630 kg"


async def test_a_declined_subscription_is_cancelled_and_its_technician_free(firm: Any) -> None:
    await firm.suite.publish("run-2026-09-09", service_due(contract_kind="subscription", occurrence_id="c2-1"))
    (order,) = (await firm.get("/orders"))["items"]
    when = ("2026-09-16T08:00+02:00", "2026-09-16T10:00+02:00")
    await firm.plan(order["order_id"], *when, firm.favre)
    decline = {"reason": "declined by phone", "by": "customer", "cancelled_on": "2026-09-14"}
    await firm.post(f"/orders/{order['order_id']}/cancellation", decline)
    (cancelled,) = await firm.published("OrderCancelled")
    assert (cancelled["occurrence_id"], cancelled["reason"]) == ("c2-1", "declined by phone")
    await firm.plan(await firm.fault(), *when, firm.favre)


async def test_work_on_our_own_fork_lift_is_internal(firm: Any) -> None:
    order = await firm.fault("fork", created_on="2026-11-18")
    await firm.plan(order, "2026-11-20T08:00+01:00", "2026-11-20T10:00+01:00", firm.krasniqi)
    await firm.report(order, firm.krasniqi, "2026-11-20", ("service", "2.00"))
    (hours,) = await firm.published("HoursRecorded")
    assert (hours["hours"], hours["internal"]) == ("2.00", True)
    (created,) = await firm.published("OrderCreated")
    assert (created["order_type"], created["debtor_id"]) == ("internal", None)


async def test_an_absence_that_comes_later_shows_the_conflict_until_the_order_is_planned_anew(firm: Any) -> None:
    order, day = await firm.fault(), ("2026-06-10T08:00+02:00", "2026-06-10T09:00+02:00")
    await firm.plan(order, *day, firm.favre)
    await firm.post("/absences", MILITARY_SERVICE, 201)
    assert (await firm.get(f"/orders/{order}"))["conflict"]
    await firm.plan(order, *day, firm.keller)
    shown = await firm.get(f"/orders/{order}")
    assert (shown["conflict"], shown["technicians"][0]["name"]) == (False, "Sandra Keller")


async def test_an_absence_that_was_taken_back_leaves_the_technician_free(firm: Any) -> None:
    await firm.post("/absences", MILITARY_SERVICE, 201)
    withdrawn = await firm.suite.request("DELETE", "/dispatch/absences/ZR-1", "planner")
    assert withdrawn.status_code == 200
    await firm.plan(await firm.fault(), "2026-06-10T08:00+02:00", "2026-06-10T09:00+02:00", firm.favre)


async def test_an_absence_of_someone_not_known_yet_waits_for_him(firm: Any) -> None:
    await firm.suite.publish("absences-4", Absence.model_validate(MILITARY_SERVICE | {"technician_number": "4"}))
    await firm.suite.settle()
    (waiting,) = await firm.get("/ops/waiting")
    assert waiting["note"] == "technician 4"


async def test_the_same_key_creates_one_order_and_plans_it_once(firm: Any) -> None:
    key = {"headers": {"Idempotency-Key": "call-1"}}
    body = {"object_id": "lift-a", "created_on": "2026-04-02"}
    first = await firm.post("/orders", body, 201, **key)
    assert await firm.post("/orders", body, 201, **key) == first
    await firm.post("/orders", body | {"priority": "urgent"}, 422, **key)
    plan = {
        "technician_ids": [firm.keller],
        "starts_at": "2026-04-07T08:00+02:00",
        "ends_at": "2026-04-07T10:00+02:00",
    }
    key = {"headers": {"Idempotency-Key": "plan-1"}}
    planned = await firm.post(f"/orders/{first['id']}/plan", plan, **key)
    assert await firm.post(f"/orders/{first['id']}/plan", plan, **key) == planned
    await firm.post(f"/orders/{first['id']}/plan", plan | {"technician_ids": [firm.favre]}, 422, **key)
    assert len(await firm.published("OrderPlanned")) == 1
    people = await firm.get("/technicians", day="2026-04-07")
    assert [each["free"] for each in people] == [True, True, False]


async def test_an_agenda_shows_more_orders_than_a_statement_takes_and_none_of_another_week(
    firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("2026-04-05", "2026-04-06", "2026-04-07", "2026-04-12", "2026-04-13")  # Sunday, Monday … Sunday, Monday
    orders = {day: await firm.fault() for day in days}
    for day, order in orders.items():
        await firm.plan(order, f"{day}T08:00+02:00", f"{day}T10:00+02:00", firm.keller)
    monkeypatch.setattr(order_views, "AT_ONCE", 2)
    agenda = await firm.get("/agenda", **{"from": "2026-04-06", "to": "2026-04-12"})
    booked = [booking["order_id"] for each in agenda["technicians"] for booking in each["bookings"]]
    assert booked == [orders[day] for day in days[1:-1]]


async def test_of_two_planners_at_the_same_moment_one_gets_the_technician(firm: Any) -> None:
    orders = [await firm.fault() for _ in range(4)]
    body = {
        "technician_ids": [firm.keller, firm.krasniqi],
        "equipment_ids": [firm.weights],
        "starts_at": "2026-04-07T08:00+02:00",
        "ends_at": "2026-04-07T10:00+02:00",
    }
    answers = await gather(*(firm.suite.post(f"/dispatch/orders/{order}/plan", body) for order in orders))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    agenda = await firm.get("/agenda", **{"from": "2026-04-07", "to": "2026-04-07"})
    planned = {order["order_id"] for order in (await firm.get("/orders", status="planned"))["items"]}
    shown = [*agenda["technicians"], *agenda["equipment"]]
    assert {booking["order_id"] for each in shown for booking in each["bookings"]} == planned


@ON_BOTH
async def test_orders_are_listed_by_day_technician_status_object_and_page(firm: Any) -> None:
    early, late = await firm.fault(created_on="2026-04-01"), await firm.fault("hydro", created_on="2026-04-02")
    await firm.plan(early, "2026-04-07T00:30+02:00", "2026-04-07T02:00+02:00", firm.keller)

    async def ids(**params: Any) -> list[str]:
        return [each["order_id"] for each in (await firm.get("/orders", **params))["items"]]

    assert await ids() == [late, early]
    assert await ids(day="2026-04-07") == await ids(technician=firm.keller) == await ids(object="lift-a") == [early]
    assert await ids(status="open") == await ids(debtor="k4") == [late]
    first = await firm.get("/orders", limit=1)
    assert await ids(limit=1, cursor=first["next"]) == [early]


async def test_a_report_is_corrected_by_its_id(firm: Any) -> None:
    order = await firm.fault()
    await firm.plan(order, "2026-04-07T08:00+02:00", "2026-04-07T10:00+02:00", firm.keller)
    report = await firm.report(order, firm.keller, "2026-04-07", ("repair", "2.00"))
    path, body = f"/dispatch/orders/{order}/reports/{report}", {"items": [{"kind": "repair", "quantity": "1.5"}]}
    assert (await firm.suite.request("PUT", path, "technician", json=body)).status_code == 200
    assert [each["hours"] for each in await firm.published("HoursRecorded")] == ["2.00", "-0.50"]
    shown = (await firm.get(f"/orders/{order}"))["reports"][0]
    assert (shown["corrected"], shown["items"][0]["quantity"]) == (True, "1.5")


async def test_wrong_requests_are_answered_with_what_to_do(firm: Any) -> None:
    order = await firm.fault()
    when = {"starts_at": "2026-04-07T08:00+02:00", "ends_at": "2026-04-07T10:00+02:00"}
    never = dict.fromkeys(when, "2026-04-07T08:00+02:00")
    plan, post = f"/orders/{order}/plan", firm.post
    assert "ends_at must be later" in (await post(plan, never | {"technician_ids": ["x"]}, 422))["detail"]
    assert "technician_ids" in (await post(plan, when, 422))["detail"]
    assert "no technician x" in (await post(plan, when | {"technician_ids": ["x"]}, 409))["detail"]
    assert "known here" in (await post("/orders/none/plan", when | {"technician_ids": ["x"]}, 404))["detail"]
    assert "known here" in (await post("/orders", {"object_id": "none"}, 404))["detail"]
    assert "name a debtor" in (await post("/orders", {"object_id": "orphan"}, 409))["detail"]
    await post("/orders", {"object_id": "lift-a"}, 403, role="technician")
    await post("/orders", {"object_id": "lift-a"}, 401, role=None)
    stale = {"headers": {"If-Match": '"7"'}}
    await post(plan, when | {"technician_ids": [firm.keller]}, 412, **stale)
    people = await firm.get("/technicians", day="2026-04-07")
    assert all(each["free"] for each in people)
    await post("/absences", MILITARY_SERVICE | {"ends_at": MILITARY_SERVICE["starts_at"]}, 422)
    await post("/absences", MILITARY_SERVICE | {"technician_number": "9"}, 404)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/orders", {"object_id": "lift-a", "descripton": "misspelt"}, "descripton"),
        ("/orders", {"object_id": "lift-a", "debtor_id": "nobody"}, "debtor_id"),
        ("/orders", {"object_id": "lift-a", "contact_id": "nobody"}, "contact_id"),
        ("/orders", {"object_id": "lift-a", "created_on": "0026-04-02"}, "created_on"),
        ("/technicians", {"number": "9", "name": "N", "skill": "doors"}, "skill"),
        ("/absences", MILITARY_SERVICE | {"ends_at": "2106-06-27T00:00+02:00"}, ""),
        ("/absences", MILITARY_SERVICE | {"starts_at": "0001-01-01T00:00+02:00"}, "starts_at"),
    ],
)
async def test_a_field_that_makes_no_sense_is_named(firm: Any, path: str, body: dict[str, Any], field: str) -> None:
    refused = await firm.post(path, body, 409 if not field else 422)
    assert field in refused["detail"]


@pytest.mark.parametrize(
    "path", ["/technicians?day=9999-12-31", "/orders?day=0001-01-01", "/agenda?from=9999-12-30&to=9999-12-31"]
)
async def test_a_day_that_no_calendar_reckons_with_is_named(firm: Any, path: str) -> None:
    assert (await firm.suite.get(f"/dispatch{path}")).status_code == 422


async def test_a_visit_of_months_is_a_slip_of_the_pen(firm: Any) -> None:
    order = await firm.fault()
    said = await firm.plan(order, "2026-04-07T08:00+02:00", "2027-04-07T10:00+02:00", firm.keller, status=422)
    assert "ends_at" in said


async def test_everything_published_again_changes_nothing(firm: Any) -> None:
    await firm.suite.publish("run-2026-03-16", service_due())
    before = await firm.get("/orders")
    suite: Trial = firm.suite
    envelope_stream, fact = "run-2026-03-16", service_due()
    suite.published.clear()
    await suite.publish(envelope_stream, fact)
    assert await firm.get("/orders") == before
