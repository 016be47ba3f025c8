"""What happens to a service order, from the call or the due date to the approved work."""

from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.times import Instant, Span
from carnet.dispatch.domain.work import Item, Needs, OrderType


class OnOrder(BaseModel, frozen=True):
    order_id: str
    object_id: str


class Case(OnOrder, frozen=True):
    """What others need to know of an order whenever it is agreed or done."""

    number: str
    order_type: OrderType
    debtor_id: str | None = None
    contact_id: str | None = None
    contract_id: str | None = None
    occurrence_id: str | None = None


class OrderCreated(Case, frozen=True):
    type: Literal["order-created.v1"] = "order-created.v1"
    description: str = ""
    priority: str = "normal"
    customer_order_number: str | None = None
    reported_at: Instant | None = None
    created_on: date
    due_on: date | None = None
    needs: Needs = Needs()


class OrderPlanned(OnOrder, frozen=True):
    type: Literal["order-planned.v1"] = "order-planned.v1"
    visit: Visit


class AppointmentAgreed(Case, frozen=True):
    type: Literal["appointment-agreed.v1"] = "appointment-agreed.v1"
    time: Span
    agreed_on: date
    zone: str


class TechnicianArrived(OnOrder, frozen=True):
    type: Literal["technician-arrived.v1"] = "technician-arrived.v1"
    technician_id: str
    arrived_at: Instant


class Report(OnOrder, frozen=True):
    """One technician's work of one day on an order."""

    report_id: str
    technician_id: str
    service_date: date
    items: tuple[Item, ...]
    note: str = ""


class WorkReported(BaseModel, frozen=True):
    type: Literal["work-reported.v1"] = "work-reported.v1"
    report: Report


class WorkReportCorrected(BaseModel, frozen=True):
    """The report as it should have been, whole."""

    type: Literal["work-report-corrected.v1"] = "work-report-corrected.v1"
    report: Report


class HoursRecorded(OnOrder, frozen=True):
    """Hours of one kind that a report adds, or takes back when it is corrected (S12)."""

    type: Literal["hours-recorded.v1"] = "hours-recorded.v1"
    report_id: str
    technician_id: str
    activity: str
    hours: Decimal
    worked_on: date
    internal: bool


class PartsConsumed(OnOrder, frozen=True):
    """Pieces of one article that a report takes from the stock, or gives back when it is corrected (S10)."""

    type: Literal["parts-consumed.v1"] = "parts-consumed.v1"
    report_id: str
    article: str
    quantity: Decimal
    consumed_on: date


class OrderCompleted(Case, frozen=True):
    type: Literal["order-completed.v1"] = "order-completed.v1"
    completed_on: date
    report_ids: tuple[str, ...]


class OrderCancelled(OnOrder, frozen=True):
    type: Literal["order-cancelled.v1"] = "order-cancelled.v1"
    occurrence_id: str | None = None
    contract_id: str | None = None
    reason: str
    by: Literal["customer", "us"]
    cancelled_on: date


class OrderReopened(OnOrder, frozen=True):
    type: Literal["order-reopened.v1"] = "order-reopened.v1"
    reason: str
    reopened_on: date


class WorkApproved(OnOrder, frozen=True):
    type: Literal["work-approved.v1"] = "work-approved.v1"
    approved_on: date


class ApprovalWithdrawn(OnOrder, frozen=True):
    """An approved report was corrected: the work is to be approved again."""

    type: Literal["approval-withdrawn.v1"] = "approval-withdrawn.v1"
    report_id: str


Event: TypeAlias = (
    OrderCreated
    | OrderPlanned
    | AppointmentAgreed
    | TechnicianArrived
    | WorkReported
    | WorkReportCorrected
    | HoursRecorded
    | PartsConsumed
    | OrderCompleted
    | OrderCancelled
    | OrderReopened
    | WorkApproved
    | ApprovalWithdrawn
)
