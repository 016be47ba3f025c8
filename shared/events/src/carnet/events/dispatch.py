"""What `dispatch` publishes: orders, their plan, the work done; quantities, never prices."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from carnet.events.fact import Code, Fact, Id, Quantity, Value, Zone

OrderType = Literal["maintenance", "subscription", "fault", "internal"]
WorkKind = Literal["repair", "service", "travel_time", "km", "expense", "part"]


class OrderCreated(Fact):
    """An order to do something on an object: from a due service, a fault report or our own upkeep (S2)."""

    TYPE: ClassVar[str] = "carnet.dispatch.OrderCreated.v1"
    order_id: Id
    number: str
    order_type: OrderType
    object_id: Code
    debtor_id: str | None = None
    contact_id: str | None = None
    contract_id: str | None = None
    occurrence_id: str | None = None
    description: str = ""
    priority: str = "normal"
    customer_order_number: str | None = None
    reported_at: datetime | None = None
    created_on: date
    due_on: date | None = None


class OrderPlanned(Fact):
    """Technicians are booked for an order; instants in UTC."""

    TYPE: ClassVar[str] = "carnet.dispatch.OrderPlanned.v1"
    order_id: Id
    object_id: Code
    technician_ids: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    equipment: tuple[str, ...] = ()


class AppointmentAgreed(Fact):
    """The customer knows when we come."""

    TYPE: ClassVar[str] = "carnet.dispatch.AppointmentAgreed.v1"
    order_id: Id
    number: str
    order_type: OrderType
    object_id: Code
    debtor_id: str | None = None
    contact_id: str | None = None
    starts_at: datetime
    ends_at: datetime
    agreed_on: date
    zone: Zone = "Europe/Zurich"


class TechnicianArrived(Fact):
    """The technician is there: the reaction time ends (R7)."""

    TYPE: ClassVar[str] = "carnet.dispatch.TechnicianArrived.v1"
    order_id: Id
    object_id: Code
    technician_id: str
    arrived_at: datetime


class WorkItem(Value):
    """A quantity of one kind: hours of repair, service or travel time, km, an expense's amount, or pieces.

    What is under `warranty` is billed to nobody.
    """

    kind: WorkKind
    quantity: Quantity
    article: str | None = None
    text: str = ""
    warranty: bool = False


class WorkReported(Fact):
    """One technician's report on an order."""

    TYPE: ClassVar[str] = "carnet.dispatch.WorkReported.v1"
    report_id: str
    order_id: Id
    object_id: Code
    technician_id: str
    service_date: date
    items: tuple[WorkItem, ...]
    note: str = ""


class WorkReportCorrected(WorkReported):
    """A report's items as they should have been, whole; an approval of the work before it counts no more."""

    TYPE: ClassVar[str] = "carnet.dispatch.WorkReportCorrected.v1"


class WorkApproved(Fact):
    """The office found the reports of an order in order."""

    TYPE: ClassVar[str] = "carnet.dispatch.WorkApproved.v1"
    order_id: Id
    object_id: Code
    approved_on: date


class OrderCompleted(Fact):
    """The work is done; `report_ids` are all reports that count."""

    TYPE: ClassVar[str] = "carnet.dispatch.OrderCompleted.v1"
    order_id: Id
    number: str
    order_type: OrderType
    object_id: Code
    debtor_id: str | None = None
    contract_id: str | None = None
    occurrence_id: str | None = None
    completed_on: date
    report_ids: tuple[str, ...]


class OrderCancelled(Fact):
    """The order will not be done."""

    TYPE: ClassVar[str] = "carnet.dispatch.OrderCancelled.v1"
    order_id: Id
    object_id: Code
    occurrence_id: str | None = None
    contract_id: str | None = None
    reason: str
    by: Literal["customer", "us"] = "customer"
    cancelled_on: date


class OrderReopened(Fact):
    """A completed or cancelled order is worked on again; a later OrderCompleted replaces the first."""

    TYPE: ClassVar[str] = "carnet.dispatch.OrderReopened.v1"
    order_id: Id
    object_id: Code
    reason: str
    reopened_on: date


class HoursRecorded(Fact):
    """A technician's hours for services recording (S12); `internal` hours bear cost and bill nothing."""

    TYPE: ClassVar[str] = "carnet.dispatch.HoursRecorded.v1"
    order_id: Id
    report_id: str
    object_id: Code
    technician_id: str
    activity: str
    hours: Decimal
    worked_on: date
    internal: bool = False


class PartsConsumed(Fact):
    """Parts left the stock; they are billed by the work report alone."""

    TYPE: ClassVar[str] = "carnet.dispatch.PartsConsumed.v1"
    order_id: Id
    report_id: str
    object_id: Code
    article: str
    quantity: Decimal
    consumed_on: date
