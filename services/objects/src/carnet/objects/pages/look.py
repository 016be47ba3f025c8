"""What the pages of objects share: their templates, and the words for what is stored as a code."""

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi.responses import RedirectResponse

from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.pages import Pages

PAGES: Final = Pages("objects", Path(__file__).parent)
Planner = Annotated[Person, require("planner")]
Worker = Annotated[Person, require("planner", "technician")]

SORTS: Final = {
    "project": told("Project"),
    "site": told("Site"),
    "place": told("Place"),
    "object": told("Object"),
}
ROLES: Final = {
    "debtor": told("Customer"),
    "owner": told("Owner"),
    "manager": told("Property manager"),
    "contact": told("Contact"),
}
STATUSES: Final = {
    "created": (told("To be planned"), "due"),
    "planned": (told("Planned"), ""),
    "arrived": (told("Being worked on"), ""),
    "completed": (told("Completed"), "good"),
    "cancelled": (told("Cancelled"), ""),
}
HAPPENED: Final = {
    "ObjectRetired": told("Taken out of use"),
    "NodeMoved": told("Moved in the tree"),
    "FieldValued": told("Extra field"),
    "MeterRead": told("Meter reading"),
    "ResponsibilityAssigned": told("Responsibility"),
    "TaskRaised": told("Pending task noted"),
    "TaskDone": told("Pending task done"),
    "LeadRaised": told("Lead for sales"),
    "ContractSigned": told("Contract signed"),
    "ContractAmended": told("Contract amended"),
    "ContractRenewed": told("Contract renewed"),
    "ContractTerminated": told("Contract terminated"),
    "ServiceDue": told("Service due"),
    "ServiceSkipped": told("Service skipped"),
    "ObligationExcused": told("Obligation excused"),
    "ReactionPromised": told("Reaction promised"),
    "CoverageDecided": told("Coverage decided"),
    "OrderCreated": told("Order created"),
    "OrderPlanned": told("Order planned"),
    "AppointmentAgreed": told("Appointment agreed"),
    "TechnicianArrived": told("Technician arrived"),
    "WorkReported": told("Work reported"),
    "WorkReportCorrected": told("Work report corrected"),
    "WorkApproved": told("Work approved"),
    "OrderCompleted": told("Order completed"),
    "OrderCancelled": told("Order cancelled"),
    "OrderReopened": told("Order reopened"),
    "InvoiceIssued": told("Invoice issued"),
    "CreditNoteIssued": told("Credit note issued"),
    "NotificationRequested": told("Notification"),
}
TELLING: Final = ("number", "service", "text", "field", "value", "meter", "reading", "description", "reason", "note")
RECENT: Final = 12  # entries of a history that stand open
WORDS: Final[dict[str, Any]] = {
    "recent": RECENT,
    "sorts": SORTS,
    "roles": ROLES,
    "statuses": STATUSES,
    "happened": HAPPENED,
    "telling": TELLING,
}


def back_to(node_id: str, token: str) -> RedirectResponse:
    """Show a node again, as it is after a command."""
    return RedirectResponse(f"/objects/pages/nodes/{node_id}?after={token}", 303)
