"""The cockpit of a node: one page with everything known about it (S77, S94)."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown
from carnet.objects.pages.look import PAGES, WORDS
from carnet.objects.read_models.cockpit import cockpit
from carnet.objects.read_models.search import place_of

router = APIRouter()


@router.get("/pages/nodes/{node_id}", dependencies=[CaughtUp])
async def show_cockpit(
    request: Request, node_id: str, runtime: RuntimeDep, _: Identified, on: date | None = None
) -> HTMLResponse:
    """Show a node as it holds on a day; the business day when none is asked for."""
    day = on or runtime.today()
    known = await runtime.query(lambda session: cockpit(session, node_id, day))
    if known is None:
        raise Unknown("The node {id}", id=node_id)
    address = known.node.address or (known.site.address if known.site else None)
    return PAGES.render(request, "node.html", known=known, node=known.node, day=day, place=place_of(address), **WORDS)
