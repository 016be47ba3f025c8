"""The year 2026 of C-1 and C-2, as the demonstration plays it, through the service's own doors."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from carnet.contracts.read_models import coverage
from carnet.events.contracts import (
    ContractAmended,
    ContractSigned,
    CoverageDecided,
    ReactionPromised,
    ServiceDue,
    ServiceSkipped,
)
from carnet.events.dispatch import OrderCancelled, OrderCreated, OrderReopened, TechnicianArrived

KEPT = {"promised": 7, "done": 7, "skipped": 0, "excused": 0, "open": 0}
DUE = ["2026-01-15", "2026-04-15", "2026-06-10", "2026-07-15", "2026-08-18", "2026-10-15", "2026-11-18"]


async def play(firm: Any, day: str, done: tuple[str, ...] = ()) -> int:
    """Run a day, create its orders, and complete those due on these days; give what was raised."""
    raised = await firm.run(day)
    await firm.create_orders()
    for due_on in done:
        await firm.complete(due_on, "2026-10-19" if due_on == "2026-10-15" else due_on)
    return int(raised)


async def play_the_year(firm: Any, bodies: dict[str, Any]) -> str:
    for object_id in ("lift-A", "lift-B", "door-C"):
        await firm.register(object_id)
    contract = await firm.sign(bodies["C-1"])
    raised = [await play(firm, "2026-01-01"), await play(firm, "2026-01-15", ("2026-01-15",))]
    raised += [await play(firm, "2026-04-15", ("2026-04-15",))]
    await firm.amend(contract, "2026-05-06", bodies["B"])
    raised += [await play(firm, "2026-06-10", ("2026-06-10",)), await play(firm, "2026-07-15", ("2026-07-15",))]
    raised += [await play(firm, "2026-08-14", ("2026-08-18",))]
    await firm.amend(
        contract, "2026-08-21", {"change": "remove_position", "position_id": "C", "last_day": "2026-08-31"}
    )
    raised += [await play(firm, "2026-10-19", ("2026-10-15",)), await play(firm, "2026-11-20", ("2026-11-18",))]
    assert raised == [1, 0, 1, 1, 1, 1, 2, 0]
    return str(contract)


async def test_c1_in_2026(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await play_the_year(firm, bodies)
    await seven_visits_are_promised_and_done(firm, contract)
    await every_planned_visit_is_covered_once(firm)
    await the_versions_are_whole(firm, contract)


async def seven_visits_are_promised_and_done(firm: Any, contract: str) -> None:
    assert await firm.ledger(contract) == KEPT
    assert await firm.ledger("C-1") == KEPT
    assert [service["due_on"] for service in await firm.due()] == DUE
    assert [fact["due_on"] for fact in await firm.published(ServiceDue)] == DUE
    (next_one,) = [s for s in await firm.due(**{"from": "2027-01-01", "to": "2027-01-31"}) if s["position_id"] == "A"]
    assert next_one["due_on"] == "2027-01-15"  # the visit of 19 Oct moves no nominal date


async def every_planned_visit_is_covered_once(firm: Any) -> None:
    decided = await firm.published(CoverageDecided)
    assert [fact["covered"] for fact in decided] == [True] * 7
    assert [fact["visit"] for fact in decided] == [1, 2, 3, 4, 5, 6, 7]
    shares = {name: Decimal(share) for name, share in decided[0]["shares"].items()}
    assert shares == {"labour": Decimal(1), "travel": Decimal(1), "parts": Decimal("0.5"), "expense": Decimal(0)}
    assert [fact["service_date"] for fact in decided] == DUE


async def the_versions_are_whole(firm: Any, contract: str) -> None:
    shown = (await firm.suite.get(f"/contracts/{contract}")).json()
    assert [(v["version"], v["what"], v["valid_from"]) for v in shown["versions"]] == [
        (1, "signed", "2026-01-01"),
        (2, "amended", "2026-05-18"),
        (3, "amended", "2026-09-01"),
    ]
    assert [position["position_id"] for position in shown["terms"]["positions"]] == ["A", "B", "C"]
    (signed,), amended = await firm.published(ContractSigned), await firm.published(ContractAmended)
    assert [cycle["cycle_id"] for cycle in signed["terms"]["cycles"]] == ["quarterly", "yearly", "yearly"]
    assert [fact["reason"] for fact in amended] == ["position B from 2026-05-18", "position C to 2026-08-31"]
    assert amended[1]["terms"]["positions"][2]["last_day"] == "2026-08-31"
    assert amended[0]["terms"]["cycles"][2] | {"skills": []} == {
        "cycle_id": "quarterly",
        "position_id": "B",
        "service": "quarterly",
        "every_months": 3,
        "anchor": "2026-08-18",
        "persons": 1,
        "minutes": None,
        "skills": [],
        "equipment": [],
        "tolerance_days": 10,
        "prepare_days_before": 30,
        "absorbs_within_tolerance": False,
    }


async def test_the_preview_of_b_adds_two_visits_and_changes_nothing(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    body = {"changes": [bodies["B"]], "recorded": "2026-05-06"}
    answer = await firm.suite.post(f"/contracts/{contract}/amendments/preview", body, role="viewer")
    assert [visit["due_on"] for visit in answer.json()["added"]] == ["2026-08-18", "2026-11-18"]
    assert answer.json()["dropped"] == []
    assert (answer.json()["version"]["number"], answer.json()["version"]["valid_from"]) == (2, "2026-05-18")
    assert (await firm.suite.get(f"/contracts/{contract}")).json()["version"] == 1


async def test_c2_is_done_once_and_skipped_once(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.register("waiter")
    contract = await firm.sign(bodies["C-2"])
    assert [await play(firm, "2026-03-09", ("2026-03-09",)), await play(firm, "2026-09-09")] == [1, 1]
    await firm.cancel("2026-09-09", "2026-09-14", "declined by phone")
    assert await firm.ledger(contract) == {"promised": 2, "done": 1, "skipped": 1, "excused": 0, "open": 0}
    assert [fact["reason"] for fact in await firm.published(ServiceSkipped)] == ["declined by phone"]
    assert [fact["covered"] for fact in await firm.published(CoverageDecided)] == [False, False]


FAULT = OrderCreated(
    order_id="F1",
    number="F1",
    order_type="fault",
    object_id="motor",
    created_on=date(2026, 4, 2),
    reported_at=datetime(2026, 4, 2, 14, 45, tzinfo=UTC),
)


async def report_a_fault(firm: Any, bodies: dict[str, Any]) -> None:
    """On the motor of lift A, Thursday before Easter at 16:45."""
    await firm.register("lift-A")
    await firm.register("motor", "lift-A")
    await firm.sign(bodies["C-1"])
    await firm.create(FAULT)
    await firm.suite.settle()


async def test_a_fault_before_easter_is_promised_for_tuesday_and_kept(firm: Any, bodies: dict[str, Any]) -> None:
    await report_a_fault(firm, bodies)
    (promised,) = await firm.published(ReactionPromised)
    assert (promised["due_at"], promised["escalate_at"]) == ("2026-04-07T08:45:00Z", "2026-04-07T07:45:00Z")
    arrival = datetime(2026, 4, 7, 6, 20, tzinfo=UTC)
    arrived = TechnicianArrived(order_id="F1", object_id="motor", technician_id="K", arrived_at=arrival)
    await firm.suite.publish("order-F1", arrived)
    await firm.suite.settle()
    (shown,) = (await firm.suite.get("/contracts/reactions")).json()["items"]
    assert (shown["status"], shown["minutes_used"]) == ("kept", 95)


async def test_a_fault_uses_no_visit_and_is_not_covered(firm: Any, bodies: dict[str, Any]) -> None:
    await report_a_fault(firm, bodies)
    (decided,) = await firm.published(CoverageDecided)
    assert (decided["covered"], decided["visit"], decided["contract_version"]) == (False, None, 1)


async def test_a_cancelled_fault_is_neither_kept_nor_missed(firm: Any, bodies: dict[str, Any]) -> None:
    await report_a_fault(firm, bodies)
    gone = OrderCancelled(order_id="F1", object_id="motor", reason="works again", cancelled_on=date(2026, 4, 2))
    await firm.suite.publish("order-F1", gone)
    await firm.suite.settle()
    (shown,) = (await firm.suite.get("/contracts/reactions", params={"status": "withdrawn"})).json()["items"]
    assert (shown["order_id"], shown["arrived_at"]) == ("F1", None)


async def test_an_order_that_was_cancelled_and_reopened_uses_its_visit_after_all(firm: Any, bodies: Any) -> None:
    await firm.register("lift-A")
    contract = await firm.sign(bodies["C-1"])
    await play(firm, "2026-01-01")
    await firm.cancel("2026-01-15", "2026-01-10", "declined")
    order = firm.order_of(await firm.find("2026-01-15"))
    told = order.model_dump(include={"order_id", "object_id"})
    again = OrderReopened(**told, reason="the owner changed its mind", reopened_on=date(2026, 1, 12))
    await firm.suite.publish(f"order-{order.order_id}", again)
    await firm.complete("2026-01-15", "2026-01-15")
    assert (await firm.suite.get("/contracts/ops/dead-letters")).json() == []
    assert (await firm.ledger(contract))["done"] == 1
    row = await firm.suite.runtime("contracts").query(lambda session: coverage.of_order(session, order.order_id))
    assert (row.visit, row.status) == (1, "consumed")


async def test_a_pause_while_the_customer_is_away_moves_what_was_promised(firm: Any, bodies: dict[str, Any]) -> None:
    await report_a_fault(firm, bodies)
    away, back = {"at": "2026-04-07T08:00:00+02:00"}, {"at": "2026-04-07T10:00:00+02:00"}
    for _ in range(2):
        assert (await firm.suite.post("/contracts/reactions/F1/pause", away)).status_code == 200
    await firm.suite.settle()
    (shown,) = (await firm.suite.get("/contracts/reactions", params={"status": "paused"})).json()["items"]
    assert shown["due_at"] == "2026-04-07T08:45:00Z"
    for _ in range(2):
        assert (await firm.suite.post("/contracts/reactions/F1/resume", back)).status_code == 200
    await firm.suite.settle()
    assert [fact["due_at"] for fact in await firm.published(ReactionPromised)] == [
        "2026-04-07T08:45:00Z",
        "2026-04-07T11:45:00Z",  # two hours later, and over noon
    ]
    assert (await firm.suite.post("/contracts/reactions/F2/pause", away)).status_code == 404
    assert (await firm.suite.post("/contracts/reactions/F1/pause", {"at": "2026-04-07T08:00:00"})).status_code == 422
