"""Every published event and inbound fact by its type, and the topic that it travels on."""

from typing import Final

from carnet.events import contracts, dispatch, inbound, invoicing, notifications, objects
from carnet.events.fact import Fact

OBJECTS: Final[tuple[type[Fact], ...]] = (
    objects.PartyRegistered,
    objects.PartyChanged,
    objects.SiteRegistered,
    objects.ObjectRegistered,
    objects.ObjectMoved,
    objects.ObjectRetired,
    objects.ResponsibilityAssigned,
    objects.FieldValued,
    objects.MeterRead,
    objects.TaskRaised,
    objects.TaskDone,
    objects.LeadRaised,
)
CONTRACTS: Final[tuple[type[Fact], ...]] = (
    contracts.ContractSigned,
    contracts.ContractAmended,
    contracts.ContractRenewed,
    contracts.ContractTerminated,
    contracts.ServiceDue,
    contracts.ServiceSkipped,
    contracts.ObligationExcused,
    contracts.ReactionPromised,
    contracts.CoverageDecided,
)
DISPATCH: Final[tuple[type[Fact], ...]] = (
    dispatch.OrderCreated,
    dispatch.OrderPlanned,
    dispatch.AppointmentAgreed,
    dispatch.TechnicianArrived,
    dispatch.WorkReported,
    dispatch.WorkReportCorrected,
    dispatch.WorkApproved,
    dispatch.OrderCompleted,
    dispatch.OrderCancelled,
    dispatch.OrderReopened,
    dispatch.HoursRecorded,
    dispatch.PartsConsumed,
)
INVOICING: Final[tuple[type[Fact], ...]] = (
    invoicing.ArticlePublished,
    invoicing.InvoiceIssued,
    invoicing.CreditNoteIssued,
    invoicing.InvoiceVoided,
    invoicing.PaymentReceived,
    invoicing.InvoiceSettled,
    invoicing.ReminderIssued,
    invoicing.JournalPosted,
)
NOTIFICATIONS: Final[tuple[type[Fact], ...]] = (
    notifications.NotificationRequested,
    notifications.NotificationSent,
    notifications.NotificationFailed,
    notifications.LetterPrinted,
)
INBOUND: Final[tuple[type[Fact], ...]] = (inbound.SalesOrder, inbound.ProductionOrder, inbound.Absence)

CATALOGUE: Final[dict[str, type[Fact]]] = {
    fact.TYPE: fact for fact in OBJECTS + CONTRACTS + DISPATCH + INVOICING + NOTIFICATIONS + INBOUND
}


def topic_of(fact: type[Fact]) -> str:
    """Give the topic that a fact travels on: carnet.<context>.v1, or an inbound fact's own."""
    own: str | None = getattr(fact, "TOPIC", None)
    return own or context_topic(fact.TYPE.split(".")[1])


def context_topic(context: str) -> str:
    """Give the topic on which a context publishes."""
    return f"carnet.{context}.v1"
