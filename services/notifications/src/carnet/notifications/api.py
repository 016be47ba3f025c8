"""HTTP: how parties want to be written to, and the outbox."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from carnet.kernel.documents.port import Digest
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.problems import Unknown
from carnet.notifications.domain.notification import Channel, Kind, Retry
from carnet.notifications.domain.preference import ChooseChannel
from carnet.notifications.read_models import outbox, preferences
from carnet.notifications.read_models.outbox import Entry, Filters
from carnet.notifications.streams import notifications
from carnet.notifications.streams import preferences as choices

router = APIRouter(tags=["notifications"])
Planner = Annotated[Person, require("planner")]
Office = Annotated[Person, require("planner", "bookkeeper")]
Fate = Literal["open", "sent", "printed", "failed", "skipped"]

MEDIA = {"email": ("message/rfc822", "eml"), "letter": ("application/pdf", "pdf")}


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Channel


class PreferenceView(BaseModel):
    party_id: str
    channel: Channel


class OutboxView(BaseModel):
    """One notification; `document` is the SHA-256 of the e-mail or the letter, once it went out."""

    notification_id: str
    kind: Kind
    channel: Channel
    state: Fate
    party_id: str
    party: str | None
    about: str
    object_ids: list[str]
    requested_on: date
    language: str
    subject: str
    paragraphs: list[str]
    enclosures: list[str]
    document: str | None
    reason: str | None


class Counts(BaseModel):
    """What went out: e-mails handed over, letters printed."""

    email: int
    letter: int


def wanted(
    kind: Kind | None = None, channel: Channel | None = None, state: Fate | None = None, party: str | None = None
) -> Filters:
    """Read the outbox's filters; 422 names the one that cannot be."""
    return Filters(kind, channel, state, party)


Wanted = Annotated[Filters, Depends(wanted)]


@router.put("/preferences/{party_id}")
async def choose_channel(party_id: str, choice: Choice, commands: Commands, _: Office) -> Answer:
    return await commands.send(choices, party_id, ChooseChannel(party_id=party_id, channel=choice.channel))


@router.get("/preferences", dependencies=[CaughtUp])
async def list_preferences(runtime: RuntimeDep, _: Identified, asked: Listed) -> Page[PreferenceView]:
    last = str(asked.after[0]) if asked.after else ""
    rows = await runtime.query(lambda session: preferences.after(session, last, asked.limit + 1))
    page = asked.page(rows, key=lambda row: (row.party_id,))
    return page.map(lambda row: PreferenceView.model_validate(row.model_dump()))


@router.get("/outbox", dependencies=[CaughtUp])
async def list_outbox(
    request: Request, response: Response, runtime: RuntimeDep, _: Identified, asked: Listed, filters: Wanted
) -> Page[OutboxView]:
    """List notifications, the newest first."""
    entries = await runtime.query(lambda s: outbox.newest_first(s, filters, asked.after, asked.limit + 1))
    page = asked.page(entries, key=lambda entry: entry.place)
    link_next(request, response, page)
    return page.map(view)


@router.get("/outbox/counts", dependencies=[CaughtUp])
async def count_outbox(runtime: RuntimeDep, _: Identified) -> Counts:
    return Counts(**await runtime.query(outbox.counts))


@router.get("/outbox/{notification_id}", dependencies=[CaughtUp])
async def get_notification(notification_id: str, runtime: RuntimeDep, _: Identified) -> OutboxView:
    return view(await entry(runtime, notification_id))


@router.get("/outbox/{notification_id}/document", dependencies=[CaughtUp])
async def get_document(notification_id: str, runtime: RuntimeDep, _: Identified) -> Response:
    """Give the e-mail as it was handed over, or the letter's PDF."""
    row = (await entry(runtime, notification_id)).row
    if row.document is None:
        raise Unknown(f"A document of the notification {notification_id}")
    media_type, ending = MEDIA[row.channel]
    shown = {"Content-Disposition": f'inline; filename="{notification_id}.{ending}"'}
    return Response(await runtime.documents.get(Digest(row.document)), headers=shown, media_type=media_type)


@router.post("/outbox/{notification_id}/retry")
async def retry(notification_id: str, commands: Commands, _: Planner) -> Answer:
    """Try a notification that failed once more; 409 for any other."""
    if await commands.runtime.state(notifications, notification_id) is None:
        raise Unknown(f"The notification {notification_id}")
    return await commands.send(notifications, notification_id, Retry())


async def entry(runtime: Runtime, notification_id: str) -> Entry:
    if (found := await runtime.query(lambda session: outbox.find(session, notification_id))) is None:
        raise Unknown(f"The notification {notification_id}")
    return found


def view(entry: Entry) -> OutboxView:
    return OutboxView.model_validate({**entry.row.model_dump(), "party": entry.party})
