"""The pages of notifications: the outbox, and one message as its reader sees it."""

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.kernel.web.answer import told
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.negotiation import is_fragment
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.problems import Unknown
from carnet.notifications.domain.notification import Channel, Retry
from carnet.notifications.domain.preference import ChooseChannel
from carnet.notifications.read_models import outbox
from carnet.notifications.read_models.outbox import Filters
from carnet.notifications.streams import notifications, preferences

PAGES: Final = Pages("notifications", Path(__file__).parent)
router = APIRouter(include_in_schema=False)
Planner = Annotated[Person, require("planner")]
Office = Annotated[Person, require("planner", "bookkeeper")]

KINDS: Final = {
    "service_due": told("Service due"),
    "appointment": told("Appointment"),
    "document": told("Document"),
    "reminder": told("Reminder"),
}
CHANNELS: Final = {"email": told("E-mail"), "letter": told("Letter")}
STATES: Final = {
    "open": (told("On its way"), "due"),
    "sent": (told("Sent"), "good"),
    "printed": (told("Printed"), "good"),
    "failed": (told("Failed"), "late"),
    "skipped": (told("Skipped"), ""),
}
WORDS: Final[dict[str, Any]] = {"kinds": KINDS, "channels": CHANNELS, "states": STATES}


@router.get("/", dependencies=[CaughtUp])
async def show_outbox(  # each filter of the form is a parameter
    request: Request,
    runtime: RuntimeDep,
    _: Identified,
    asked: Listed,
    kind: str = "",
    channel: str = "",
    state: str = "",
    party: str = "",
) -> HTMLResponse:
    filters = Filters(kind, channel, state, party)
    entries = await runtime.query(lambda s: outbox.newest_first(s, filters, asked.after, asked.limit + 1))
    page = asked.page(entries, key=lambda entry: entry.place)
    chosen = {name: value for name, value in vars(filters).items() if value}
    template = "_outbox.html" if is_fragment(request) else "outbox.html"
    return PAGES.render(request, template, page=page, filters=filters, chosen=chosen, first=not asked.after, **WORDS)


@router.get("/pages/outbox/{notification_id}", dependencies=[CaughtUp])
async def show_message(request: Request, notification_id: str, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    if (entry := await runtime.query(lambda session: outbox.find(session, notification_id))) is None:
        raise Unknown("The notification {id}", id=notification_id)
    chosen = await runtime.state(preferences, entry.row.party_id)
    return PAGES.render(request, "message.html", row=entry.row, party=entry.party, chosen=chosen, **WORDS)


@router.post("/pages/outbox/{notification_id}/retry")
async def retry(notification_id: str, commands: Commands, _: Planner) -> RedirectResponse:
    if await commands.runtime.state(notifications, notification_id) is None:
        raise Unknown("The notification {id}", id=notification_id)
    answer = await commands.send(notifications, notification_id, Retry())
    return back_to(notification_id, answer.token)


@router.post("/pages/outbox/{notification_id}/channel")
async def choose_channel(
    notification_id: str, channel: Annotated[Channel, Form()], commands: Commands, _: Office
) -> RedirectResponse:
    """Choose how the party of this message is written to from now on."""
    if (known := await commands.runtime.state(notifications, notification_id)) is None:
        raise Unknown("The notification {id}", id=notification_id)
    party_id = known.notification.party_id
    answer = await commands.send(preferences, party_id, ChooseChannel(party_id=party_id, channel=channel))
    return back_to(notification_id, answer.token)


def back_to(notification_id: str, token: str) -> RedirectResponse:
    return RedirectResponse(f"/notifications/pages/outbox/{notification_id}?after={token}", 303)
