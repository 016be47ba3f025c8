"""What a published fact means for a notification: who is told what, about which objects."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from carnet.events.contracts import ServiceDue
from carnet.events.dispatch import AppointmentAgreed
from carnet.events.invoicing import CreditNoteIssued, InvoiceIssued, ReminderIssued
from carnet.notifications.domain.notification import Kind


@dataclass(frozen=True)
class Cause:
    """`key` makes the notification's id: the same cause never tells twice. `values` go into the template."""

    kind: Kind
    template: str
    party_id: str
    about: str
    on: date
    key: tuple[object, ...]
    object_ids: tuple[str, ...] = ()
    reference: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


def service_due(fact: ServiceDue) -> Cause | None:
    """A subscription's customer decides; the visits of a maintenance contract are ours to plan (R4)."""
    if fact.contract_kind != "subscription":
        return None
    return Cause(
        kind="service_due",
        template="service_due",
        party_id=fact.contact_id or fact.debtor_id,
        about=fact.occurrence_id,
        on=fact.raised_on,
        key=(fact.occurrence_id,),
        object_ids=(fact.object_id,),
        values={"service": fact.service, "due_on": fact.due_on},
    )


def appointment(fact: AppointmentAgreed, revision: int) -> Cause | None:
    """An appointment that was moved is told again: the order's revision makes it another cause."""
    if fact.debtor_id is None or fact.order_type == "internal":
        return None
    return Cause(
        kind="appointment",
        template="appointment",
        party_id=fact.contact_id or fact.debtor_id,
        about=fact.order_id,
        on=fact.agreed_on,
        key=(fact.order_id, revision),
        object_ids=(fact.object_id,),
        reference=fact.number,
        values={"number": fact.number, "starts_at": fact.starts_at, "zone": fact.zone},
    )


def document(fact: InvoiceIssued | CreditNoteIssued) -> Cause:
    issued, invoice = fact.document, isinstance(fact, InvoiceIssued)
    due = {"due_on": fact.due_on} if isinstance(fact, InvoiceIssued) else {}
    return Cause(
        kind="document",
        template="invoice" if invoice else "credit_note",
        party_id=issued.debtor_id,
        about=issued.document_id,
        on=issued.issued_on,
        key=(issued.document_id,),
        object_ids=tuple(dict.fromkeys(line.object_id for line in issued.lines)),
        reference=issued.number,
        values=issued.model_dump(include={"number", "issued_on", "payable", "currency"}) | due,
    )


def reminder(fact: ReminderIssued) -> Cause:
    return Cause(
        kind="reminder",
        template="reminder",
        party_id=fact.debtor_id,
        about=fact.reminder_id,
        on=fact.issued_on,
        key=(fact.reminder_id,),
        reference=fact.number,
        values={**fact.model_dump(include={"number", "issued_on", "currency", "total"}), "invoices": fact.invoices},
    )
