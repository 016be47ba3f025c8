"""HTTP: the outbox, its documents, and another try for what failed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from carnet.kernel.documents.port import Digest
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.problems import Unknown
from carnet.notifications.api.views import Counts, OutboxView, view
from carnet.notifications.domain.notification import Channel, Fate, Kind, Retry
from carnet.notifications.read_models import outbox
from carnet.notifications.read_models.outbox import Entry, Filters
from carnet.notifications.streams import notifications

router = APIRouter(tags=["outbox"])
Planner = Annotated[Person, require("planner")]

MEDIA = {"email": ("message/rfc822", "eml", "attachment"), "letter": ("application/pdf", "pdf", "inline")}
"""What each channel's document is; an e-mail may hold HTML, and is never opened as a page of ours."""


def wanted(
    kind: Kind | None = None, channel: Channel | None = None, state: Fate | None = None, party: str | None = None
) -> Filters:
    """Read the outbox's filters; 422 names the one that cannot be."""
    return Filters(kind, channel, state, party)


Wanted = Annotated[Filters, Depends(wanted)]


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
        raise Unknown("A document of the notification {id}", id=notification_id)
    media_type, ending, shown_as = MEDIA[row.channel]
    shown = {"Content-Disposition": f'{shown_as}; filename="{notification_id}.{ending}"'}
    return Response(await runtime.documents.get(Digest(row.document)), headers=shown, media_type=media_type)


@router.post("/outbox/{notification_id}/retry")
async def retry(notification_id: str, commands: Commands, _: Planner) -> Answer:
    """Try a notification that failed once more; 409 for any other."""
    if await commands.runtime.state(notifications, notification_id) is None:
        raise Unknown("The notification {id}", id=notification_id)
    return await commands.send(notifications, notification_id, Retry())


async def entry(runtime: Runtime, notification_id: str) -> Entry:
    if (found := await runtime.query(lambda session: outbox.find(session, notification_id))) is None:
        raise Unknown("The notification {id}", id=notification_id)
    return found
