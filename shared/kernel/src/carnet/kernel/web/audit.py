"""`/<context>/ops/audit`: who did what, newest first, for programs and as a page; an admin alone may ask (ADR 20)."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from carnet.kernel import audit
from carnet.kernel.audit import Asked, Entry
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, keyset, link_next
from carnet.kernel.web.ops import Admin
from carnet.kernel.web.pages import Pages

router = APIRouter(prefix="/ops", tags=["operations"])
FILTERS = ("actor", "stream", "from", "to")
Day: TypeAlias = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]  # a form sends an empty one as ""


async def asked(
    request: Request,
    actor: str = "",
    stream: str = "",
    first: Annotated[Day, Query(alias="from")] = None,
    last: Annotated[Day, Query(alias="to")] = None,
) -> Asked:
    """Read which entries are meant; both days belong to them, and are those of the suite's zone."""
    zone = ZoneInfo(request.app.state.settings.zone)
    end = last + timedelta(days=1) if last and last < date.max else None
    return Asked(actor.strip(), stream.strip(), midnight(first, zone), midnight(end, zone))


Filters: TypeAlias = Annotated[Asked, Depends(asked)]


def midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


@router.get("/audit")
async def entries(
    request: Request, response: Response, runtime: RuntimeDep, _: Admin, listed: Listed, wanted: Filters
) -> Page[Entry]:
    """Give who made which event when, and by which request; `actor` is a person's subject, or a reaction's name.

    An event stands here within a second or two of its being recorded.
    """
    before = keyset(listed.after, int, int) if listed.after else ()
    rows = await runtime.query(partial(audit.entries, asked=wanted, before=before, limit=listed.limit + 1))
    page = listed.page(rows, lambda entry: (audit.micros(entry.at), entry.position))
    link_next(request, response, page)
    return page


@router.get("/pages/audit", include_in_schema=False)
async def audit_page(
    request: Request, response: Response, runtime: RuntimeDep, person: Admin, listed: Listed, wanted: Filters
) -> HTMLResponse:
    pages: Pages = request.app.state.pages
    return pages.render(
        request,
        "audit.html",
        section="operations",
        page=await entries(request, response, runtime, person, listed, wanted),
        chosen={name: value for name in FILTERS if (value := request.query_params.get(name))},
        first=not listed.after,
    )
