"""What dispatch tells the world: orders, work, hours and parts; agendas, skills and names stay at home."""

from pydantic import BaseModel

from carnet.dispatch.domain import order_events as private
from carnet.events import dispatch as published
from carnet.events.fact import Fact

SAME_FIELDS: dict[type[BaseModel], type[Fact]] = {
    private.OrderCreated: published.OrderCreated,
    private.TechnicianArrived: published.TechnicianArrived,
    private.HoursRecorded: published.HoursRecorded,
    private.PartsConsumed: published.PartsConsumed,
    private.OrderCompleted: published.OrderCompleted,
    private.OrderCancelled: published.OrderCancelled,
    private.OrderReopened: published.OrderReopened,
    private.WorkApproved: published.WorkApproved,
}


def publish(event: BaseModel) -> Fact | None:
    """Translate one private event into at most one published event."""
    match event:
        case private.OrderPlanned():
            return planned(event)
        case private.AppointmentAgreed():
            return published.AppointmentAgreed(**event.model_dump(), **event.time.model_dump())
        case private.WorkReported(report=report):
            return published.WorkReported(**report.model_dump())
        case private.WorkReportCorrected(report=report):
            return published.WorkReportCorrected(**report.model_dump())
        case _ if fact := SAME_FIELDS.get(type(event)):
            return fact(**event.model_dump())
        case _:
            return None


def planned(event: private.OrderPlanned) -> published.OrderPlanned:
    return published.OrderPlanned(
        order_id=event.order_id,
        object_id=event.object_id,
        technician_ids=event.visit.technician_ids,
        starts_at=event.visit.starts_at,
        ends_at=event.visit.ends_at,
        equipment=event.visit.equipment_ids,
    )
