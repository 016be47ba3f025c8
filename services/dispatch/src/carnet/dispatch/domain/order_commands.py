"""What can be asked of a service order; times, ids and what is known of people come with the command."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.qualification import Candidate
from carnet.dispatch.domain.times import Instant
from carnet.dispatch.domain.work import Code, Item, Needs, OrderType, Text


class Create(BaseModel, frozen=True):
    """From a fault report, a due service (`occurrence_id`) or our own upkeep (`internal`, S2)."""

    order_id: str
    number: str
    order_type: OrderType
    object_id: Code
    debtor_id: str | None = None
    contact_id: str | None = None
    contract_id: str | None = None
    occurrence_id: str | None = None
    description: Text = ""
    priority: Code = "normal"
    customer_order_number: Code | None = None
    reported_at: Instant | None = None
    created_on: date
    due_on: date | None = None
    needs: Needs = Needs()


class Plan(BaseModel, frozen=True):
    """A visit, with the kinds of its equipment, and what each technician can do on that day.

    `chosen` are the visit's technicians; `others` are named in a refusal. Nothing of it is kept but the visit.
    """

    visit: Visit
    kinds: tuple[str, ...] = ()
    chosen: tuple[Candidate, ...]
    others: tuple[Candidate, ...] = ()


class AgreeAppointment(BaseModel, frozen=True):
    agreed_on: date
    zone: str


class Arrive(BaseModel, frozen=True):
    technician_id: str
    at: Instant


class ReportWork(BaseModel, frozen=True):
    report_id: str
    technician_id: str
    service_date: date
    items: tuple[Item, ...]
    note: Text = ""


class CorrectReport(BaseModel, frozen=True):
    report_id: str
    items: tuple[Item, ...]
    note: Text = ""


class Complete(BaseModel, frozen=True):
    completed_on: date


class Cancel(BaseModel, frozen=True):
    reason: Text
    by: Literal["customer", "us"]
    cancelled_on: date


class Reopen(BaseModel, frozen=True):
    reason: Text
    reopened_on: date


class Approve(BaseModel, frozen=True):
    approved_on: date


Step: TypeAlias = Plan | AgreeAppointment | Arrive | ReportWork | CorrectReport | Complete | Cancel | Reopen | Approve
Command: TypeAlias = Create | Step
