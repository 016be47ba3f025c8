"""What the pages of dispatch share: their templates, and the words for what is stored as a code."""

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi.responses import RedirectResponse

from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.pages import Pages

PAGES: Final = Pages("dispatch", Path(__file__).parent)
Planner = Annotated[Person, require("planner")]
Worker = Annotated[Person, require("planner", "technician")]
Approver = Annotated[Person, require("planner", "bookkeeper")]

STATES: Final = {
    "open": (told("To be planned"), "due"),
    "planned": (told("Planned"), ""),
    "started": (told("Being worked on"), ""),
    "completed": (told("Completed"), "good"),
    "approved": (told("Approved"), "good"),
    "cancelled": (told("Cancelled"), ""),
}
TYPES: Final = {
    "maintenance": told("Maintenance"),
    "subscription": told("Subscription"),
    "fault": told("Fault"),
    "internal": told("Internal"),
}
PRIORITIES: Final = {
    "normal": told("Normal"),
    "urgent": told("Urgent"),
    "trapped": told("Person trapped"),
}
KINDS: Final = {
    "repair": told("Repair, hours"),
    "service": told("Service, hours"),
    "travel_time": told("Travel, hours"),
    "km": told("Travel, km"),
    "expense": told("Expense"),
    "part": told("Part"),
}
WORDS: Final[dict[str, Any]] = {"states": STATES, "types": TYPES, "kinds": KINDS, "priorities": PRIORITIES}


def back_to(order_id: str, token: str) -> RedirectResponse:
    """Show an order again, as it is after a command."""
    return RedirectResponse(f"/dispatch/pages/orders/{order_id}?after={token}", 303)
