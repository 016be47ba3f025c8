"""Each private event of an order is told to the world in its own words; the rest stays at home."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

import pytest
from pydantic import BaseModel

from carnet.dispatch.domain import absence, agenda, equipment, order_events, technician
from carnet.dispatch.domain.entries import Absence, Visit
from carnet.dispatch.domain.times import Span
from carnet.dispatch.domain.work import Item, Needs
from carnet.dispatch.publishing import publish
from carnet.events import dispatch as published

on = {"order_id": "o1", "object_id": "x1"}
case = on | {"number": "26-1", "order_type": "maintenance", "contract_id": "c1", "occurrence_id": "c1-a-1"}
span = {"starts_at": datetime(2026, 4, 15, 6, tzinfo=UTC), "ends_at": datetime(2026, 4, 15, 9, tzinfo=UTC)}
day = date(2026, 4, 15)
visit = Visit(visit_id="v1", order_id="o1", technician_ids=("t1", "t3"), equipment_ids=("e1",), **span)
work = {"report_id": "r1", "technician_id": "t1", "service_date": day, "note": "worn"}
report = order_events.Report(**on, **work, items=(Item(kind="part", quantity=Decimal(1), article="guide-shoes"),))
published_work = on | work | {"items": [{"kind": "part", "quantity": "1", "article": "guide-shoes"}]}

PAIRS = [
    (
        order_events.OrderCreated(**case, created_on=day, due_on=day, needs=Needs(persons=2)),
        published.OrderCreated(**case, created_on=day, due_on=day),
    ),
    (
        order_events.OrderPlanned(**on, visit=visit),
        published.OrderPlanned(**on, **span, technician_ids=("t1", "t3"), equipment=("e1",)),
    ),
    (
        order_events.AppointmentAgreed(**case, time=Span(**span), agreed_on=day, zone="Europe/Zurich"),
        published.AppointmentAgreed(
            **{key: value for key, value in case.items() if key in published.AppointmentAgreed.model_fields},
            **span,
            agreed_on=day,
        ),
    ),
    (
        order_events.TechnicianArrived(**on, technician_id="t1", arrived_at=span["starts_at"]),
        published.TechnicianArrived(**on, technician_id="t1", arrived_at=span["starts_at"]),
    ),
    (order_events.WorkReported(report=report), published.WorkReported.model_validate(published_work)),
    (order_events.WorkReportCorrected(report=report), published.WorkReportCorrected.model_validate(published_work)),
    (
        order_events.HoursRecorded(
            **on, report_id="r1", technician_id="t1", activity="repair", hours=Decimal(3), worked_on=day, internal=True
        ),
        published.HoursRecorded(
            **on, report_id="r1", technician_id="t1", activity="repair", hours=Decimal(3), worked_on=day, internal=True
        ),
    ),
    (
        order_events.PartsConsumed(**on, report_id="r1", article="oil", quantity=Decimal(2), consumed_on=day),
        published.PartsConsumed(**on, report_id="r1", article="oil", quantity=Decimal(2), consumed_on=day),
    ),
    (
        order_events.OrderCompleted(**case, completed_on=day, report_ids=("r1",)),
        published.OrderCompleted(**case, completed_on=day, report_ids=("r1",)),
    ),
    (
        order_events.OrderCancelled(**on, reason="declined", by="us", cancelled_on=day, occurrence_id="c1-a-1"),
        published.OrderCancelled(**on, reason="declined", by="us", cancelled_on=day, occurrence_id="c1-a-1"),
    ),
    (
        order_events.OrderReopened(**on, reason="noise", reopened_on=day),
        published.OrderReopened(**on, reason="noise", reopened_on=day),
    ),
    (order_events.WorkApproved(**on, approved_on=day), published.WorkApproved(**on, approved_on=day)),
]


@pytest.mark.parametrize(("event", "fact"), PAIRS, ids=lambda value: type(value).__name__)
def test_an_order_is_told(event: BaseModel, fact: BaseModel) -> None:
    assert publish(event) == fact


def test_every_event_of_an_order_is_told_but_a_withdrawn_approval_which_the_correction_tells() -> None:
    withdrawn = order_events.ApprovalWithdrawn(**on, report_id="r1")
    assert {type(event) for event, _ in PAIRS} | {type(withdrawn)} == set(get_args(order_events.Event))
    assert publish(withdrawn) is None


@pytest.mark.parametrize(
    "event",
    [
        technician.TechnicianRegistered(technician_id="t1", number="1", name="Luc Favre"),
        equipment.EquipmentRegistered(equipment_id="e1", number="1", kind="weights", name="Weights"),
        agenda.Booked(whose="t1", visit=visit),
        absence.AbsenceRecorded(technician_id="t1", absence=Absence(absence_id="a1", kind="sick_leave", **span)),
    ],
)
def test_people_and_their_agendas_stay_at_home(event: BaseModel) -> None:
    assert publish(event) is None
