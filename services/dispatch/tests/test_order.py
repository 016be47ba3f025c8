"""An order from the call to the approved work, as in the demonstration's year."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order import order
from carnet.dispatch.domain.order_commands import (
    AgreeAppointment,
    Approve,
    Arrive,
    Cancel,
    Complete,
    CorrectReport,
    Create,
    Plan,
    Reopen,
    ReportWork,
)
from carnet.dispatch.domain.order_events import (
    AppointmentAgreed,
    ApprovalWithdrawn,
    Event,
    HoursRecorded,
    OrderCancelled,
    OrderCompleted,
    OrderCreated,
    OrderPlanned,
    OrderReopened,
    PartsConsumed,
    Report,
    TechnicianArrived,
    WorkApproved,
    WorkReportCorrected,
    WorkReported,
)
from carnet.dispatch.domain.qualification import Candidate
from carnet.dispatch.domain.work import Item, Needs
from carnet.kernel.testing import Given

given = Given(order)
on = {"order_id": "o1", "object_id": "lift-a"}
case: dict[str, Any] = on | {"number": "26-1", "order_type": "fault", "debtor_id": "k1", "contact_id": "regie"}
facts: dict[str, Any] = case | {
    "description": "lift A stopped",
    "reported_at": datetime(2026, 4, 2, 14, 45, tzinfo=UTC),
    "created_on": date(2026, 4, 2),
}
created = OrderCreated(**facts)
favre = Candidate(technician_id="favre", name="Luc Favre", skills=frozenset({"traction", "hydraulic", "doors"}))
keller = Candidate(technician_id="keller", name="Sandra Keller", skills=frozenset({"traction", "electronics"}))
krasniqi = Candidate(technician_id="krasniqi", name="Driton Krasniqi", skills=frozenset({"traction", "hydraulic"}))
arrival = datetime(2026, 4, 7, 6, 20, tzinfo=UTC)


def visit(*who: str, visit_id: str = "v1", equipment: tuple[str, ...] = ()) -> Visit:
    return Visit(
        visit_id=visit_id,
        order_id="o1",
        technician_ids=who,
        equipment_ids=equipment,
        starts_at=datetime(2026, 4, 7, 6, tzinfo=UTC),
        ends_at=datetime(2026, 4, 7, 9, tzinfo=UTC),
    )


def needing(**needs: Any) -> OrderCreated:
    return OrderCreated(**facts, needs=Needs(**needs))


def item(kind: Any, quantity: str, article: str | None = None) -> Item:
    return Item(kind=kind, quantity=Decimal(quantity), article=article)


def hours(report_id: str, who: str, spent: str, activity: str = "repair", **more: Any) -> HoursRecorded:
    about = {"technician_id": who, "activity": activity, "worked_on": date(2026, 4, 7), "internal": False} | more
    return HoursRecorded(**on, report_id=report_id, hours=Decimal(spent), **about)


def parts(quantity: str, article: str = "door-contact") -> PartsConsumed:
    return PartsConsumed(
        **on, report_id="r1", article=article, quantity=Decimal(quantity), consumed_on=date(2026, 4, 7)
    )


def report(report_id: str, who: str, *items: Item, **more: Any) -> Report:
    return Report(
        **on, report_id=report_id, technician_id=who, service_date=date(2026, 4, 7), items=tuple(items), **more
    )


def reporting(report: Report) -> ReportWork:
    return ReportWork(**report.model_dump(exclude={"order_id", "object_id"}))


planned = OrderPlanned(**on, visit=visit("keller"))
both = OrderPlanned(**on, visit=visit("favre", "krasniqi"))
arrived = TechnicianArrived(**on, technician_id="keller", arrived_at=arrival)
keller_items = item("repair", "2.25"), item("km", "24"), item("part", "1", "door-contact")
keller_report = report("r1", "keller", *keller_items)
reported = WorkReported(report=keller_report)
completed = OrderCompleted(**case, completed_on=date(2026, 4, 7), report_ids=("r1",))
cancelled = OrderCancelled(**on, reason="declined by phone", by="customer", cancelled_on=date(2026, 9, 14))
approved = WorkApproved(**on, approved_on=date(2026, 4, 8))
cancelling = Cancel(reason="declined by phone", by="customer", cancelled_on=date(2026, 9, 14))
completing = Complete(completed_on=date(2026, 4, 7))


def test_a_fault_report_becomes_an_order_once() -> None:
    assert given().when(Create(**facts)) == [created]
    assert given(created).when(Create(**facts)) == []


def test_an_order_is_not_created_again_with_other_contents() -> None:
    given(created).refuses(Create(**facts | {"priority": "urgent"}), because="26-1 exists already")


def test_somebody_pays_for_a_fault() -> None:
    given().refuses(Create(**facts | {"debtor_id": None}), because=r"Nobody is known who pays .* name a debtor")


def test_an_order_is_created_before_anything_else() -> None:
    given().refuses(completing, because="Create the order first")


def test_a_technician_who_can_do_it_is_planned() -> None:
    assert given(created).when(Plan(visit=visit("keller"), chosen=(keller,))) == [planned]


def test_the_same_plan_again_changes_nothing() -> None:
    assert given(created, planned).when(Plan(visit=visit("keller"), chosen=(keller,))) == []
    assert given(created, planned).when(Plan(visit=visit("keller", visit_id="v2"), chosen=(keller,))) == []


def test_an_order_can_be_planned_anew_and_an_old_plan_does_not_come_back() -> None:
    moved = OrderPlanned(**on, visit=visit("favre", visit_id="v2"))
    assert given(created, planned).when(Plan(visit=moved.visit, chosen=(favre,))) == [moved]
    assert given(created, planned, moved).when(Plan(visit=visit("keller"), chosen=(keller,))) == []


def test_on_22_june_keller_is_refused_for_the_hydraulic_lift() -> None:
    command = Plan(visit=visit("keller"), chosen=(keller,), others=(keller, krasniqi))
    because = "Sandra Keller lacks hydraulic, which this order needs; Driton Krasniqi has hydraulic and is free."
    given(needing(skills=("hydraulic",))).refuses(command, because=because)


def test_on_15_april_two_technicians_come_with_the_test_weights() -> None:
    yearly = needing(persons=2, skills=("traction",), equipment=("test weights",))
    pair = visit("favre", "krasniqi", equipment=("w1",))
    command = Plan(visit=pair, kinds=("test weights",), chosen=(favre, krasniqi))
    assert given(yearly).when(command) == [OrderPlanned(**on, visit=pair)]


def test_one_technician_is_not_enough_where_two_are_needed() -> None:
    command = Plan(visit=visit("favre", "favre"), chosen=(favre,))
    given(needing(persons=2)).refuses(command, because="This order needs 2 technicians; choose 2.")


def test_an_order_that_needs_equipment_is_not_planned_without() -> None:
    command = Plan(visit=visit("favre"), chosen=(favre,))
    given(needing(equipment=("test weights",))).refuses(command, because="needs test weights; choose that equipment")


def test_the_appointment_is_agreed_once_a_plan() -> None:
    command = AgreeAppointment(agreed_on=date(2026, 4, 2), zone="Europe/Zurich")
    agreed = AppointmentAgreed(**case, time=visit("keller").time(), agreed_on=date(2026, 4, 2), zone="Europe/Zurich")
    assert given(created, planned).when(command) == [agreed]
    assert given(created, planned, agreed).when(command) == []
    moved = OrderPlanned(**on, visit=visit("favre", visit_id="v2"))
    assert given(created, planned, agreed, moved).when(command) == [agreed]


def test_an_appointment_needs_a_plan() -> None:
    command = AgreeAppointment(agreed_on=date(2026, 4, 2), zone="Europe/Zurich")
    given(created).refuses(command, because="Plan order 26-1 before agreeing its appointment")


def test_a_technician_arrives_once() -> None:
    command = Arrive(technician_id="keller", at=arrival)
    assert given(created, planned).when(command) == [arrived]
    assert given(created, planned, arrived).when(command) == []


def test_only_who_is_planned_arrives() -> None:
    given(created, planned).refuses(Arrive(technician_id="favre", at=arrival), because="planned for others")


def test_a_report_brings_its_hours_and_parts() -> None:
    expected: list[Event] = [reported, hours("r1", "keller", "2.25"), parts("1")]
    assert given(created, planned, arrived).when(reporting(keller_report)) == expected
    assert given(created, planned, *expected).when(reporting(keller_report)) == []


def test_a_second_report_of_the_same_day_is_refused() -> None:
    second = report("r2", "keller", item("repair", "1"))
    given(created, planned, reported).refuses(reporting(second), because="2026-04-07 is reported already; correct")


def test_a_colleague_reports_on_the_same_order() -> None:
    one, other = (report(f"r-{who}", who, item("service", "3.00")) for who in ("favre", "krasniqi"))
    expected = [WorkReported(report=other), hours("r-krasniqi", "krasniqi", "3.00", "service")]
    assert given(created, both, WorkReported(report=one)).when(reporting(other)) == expected


def test_hours_on_our_own_fork_lift_are_internal() -> None:
    internal = OrderCreated(**facts | {"order_type": "internal", "debtor_id": None})
    twice = report("r1", "keller", item("service", "1.50"), item("service", "0.50"))
    expected = [WorkReported(report=twice), hours("r1", "keller", "2.00", "service", internal=True)]
    assert given(internal, planned).when(reporting(twice)) == expected


def test_a_correction_moves_hours_and_stock_by_the_difference() -> None:
    items = (item("repair", "2.00"), item("part", "1", "cpu-board"))
    corrected = WorkReportCorrected(report=report("r1", "keller", *items, note="wrong article"))
    command = CorrectReport(report_id="r1", items=items, note="wrong article")
    expected = [corrected, hours("r1", "keller", "-0.25"), parts("1", "cpu-board"), parts("-1")]
    assert given(created, planned, reported).when(command) == expected
    assert given(created, planned, reported, corrected).when(command) == []


def test_what_was_not_reported_cannot_be_corrected() -> None:
    given(created, planned).refuses(CorrectReport(report_id="r1", items=()), because="has no such report")


def test_an_order_is_completed_once_when_its_work_is_reported() -> None:
    assert given(created, planned, reported).when(completing) == [completed]
    assert given(created, planned, reported, completed).when(completing) == []


def test_an_order_is_not_completed_while_a_report_is_missing() -> None:
    one = WorkReported(report=report("r1", "favre", item("service", "3")))
    given(created, both, one).refuses(completing, because="Reports are missing from 1 of 2 planned technicians")


def test_a_completed_order_is_not_reported_on_or_planned() -> None:
    late = report("r2", "keller", item("repair", "1")).model_copy(update={"service_date": date(2026, 4, 8)})
    given(created, planned, reported, completed).refuses(reporting(late), because="completed; reopen it before")
    command = Plan(visit=visit("favre", visit_id="v2"), chosen=(favre,))
    given(created, planned, reported, completed).refuses(command, because="completed; reopen it before it is planned")


def test_on_14_september_the_declined_order_is_cancelled_once() -> None:
    assert given(created).when(cancelling) == [cancelled]
    assert given(created, cancelled).when(cancelling) == []


def test_the_occurrence_and_the_contract_of_a_cancelled_order_are_named() -> None:
    due = OrderCreated(**facts | {"occurrence_id": "c2-1", "contract_id": "c2"})
    named = cancelled.model_copy(update={"occurrence_id": "c2-1", "contract_id": "c2"})
    assert given(due, planned).when(cancelling) == [named]


def test_reported_work_is_not_cancelled_away() -> None:
    given(created, planned, reported).refuses(cancelling, because="was reported; complete it instead")


@pytest.mark.parametrize("command", [Plan(visit=visit("keller"), chosen=(keller,)), completing])
def test_a_cancelled_order_is_reopened_before_anything_else(command: Plan | Complete) -> None:
    given(created, cancelled).refuses(command, because="cancelled; reopen it before")


def test_an_order_is_reopened_once_and_keeps_its_reports() -> None:
    command = Reopen(reason="noise is back", reopened_on=date(2026, 4, 9))
    reopened = OrderReopened(**on, reason="noise is back", reopened_on=date(2026, 4, 9))
    assert given(created, planned, reported, completed).when(command) == [reopened]
    assert given(created, planned, reported, completed, reopened).when(command) == []
    assert given(created, planned, reported, completed, reopened).when(completing) == [completed]


def test_work_is_approved_once_after_completion() -> None:
    command = Approve(approved_on=date(2026, 4, 8))
    assert given(created, planned, reported, completed).when(command) == [approved]
    assert given(created, planned, reported, completed, approved).when(command) == []
    given(created, planned).refuses(command, because="Complete order 26-1 before approving")


def test_a_correction_of_approved_work_withdraws_the_approval() -> None:
    items = (item("repair", "2.25"), item("part", "1", "door-contact").model_copy(update={"warranty": True}))
    command = CorrectReport(report_id="r1", items=items)
    corrected = WorkReportCorrected(report=report("r1", "keller", *items))
    withdrawn = ApprovalWithdrawn(**on, report_id="r1")
    history: list[Event] = [created, planned, WorkReported(report=report("r1", "keller", *free(items))), completed]
    assert given(*history).when(command) == [corrected]
    assert given(*history, approved).when(command) == [corrected, withdrawn]
    assert given(*history, approved, corrected, withdrawn).when(command) == []
    again = Approve(approved_on=date(2026, 4, 8))
    assert given(*history, approved, corrected, withdrawn).when(again) == [approved]


def free(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(each.model_copy(update={"warranty": False}) for each in items)


def test_approved_work_is_not_reopened() -> None:
    command = Reopen(reason="noise", reopened_on=date(2026, 4, 9))
    given(created, planned, reported, completed, approved).refuses(command, because="create a new order")


@pytest.mark.parametrize("wrong", [{"kind": "part"}, {"quantity": "0"}, {"quantity": "-1"}, {"kind": "magic"}])
def test_an_item_makes_sense(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Item(**{"kind": "km", "quantity": "1"} | wrong)
