"""What notifications does when it hears something: it requests notifications, and sends those requested."""

from collections.abc import Callable
from datetime import UTC, datetime

from carnet.events.contracts import ServiceDue
from carnet.events.dispatch import AppointmentAgreed
from carnet.events.invoicing import CreditNoteIssued, InvoiceIssued, ReminderIssued
from carnet.kernel.reaction import Reaction
from carnet.kernel.runtime import Runtime
from carnet.notifications.consumers.requesting import REQUESTS, Requesting
from carnet.notifications.consumers.sending import SENDS, Sending
from carnet.notifications.domain.notification import Requested, RetryAsked
from carnet.notifications.settings import NotificationsSettings

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


def reactions(runtime: Runtime, settings: NotificationsSettings, clock: Clock = wall_clock) -> tuple[Reaction, ...]:
    """Give both reactions; `clock` says how old a cause is when we hear of it, and nothing else."""
    requesting, sending = Requesting(runtime, settings, clock), Sending(runtime, settings)
    return (
        Reaction(
            REQUESTS,
            {
                ServiceDue: requesting.service_due,
                AppointmentAgreed: requesting.appointment_agreed,
                InvoiceIssued: requesting.document_issued,
                CreditNoteIssued: requesting.document_issued,
                ReminderIssued: requesting.reminder_issued,
            },
            start="beginning",
        ),
        Reaction(SENDS, {Requested: sending.send, RetryAsked: sending.send}, start="beginning"),
    )
