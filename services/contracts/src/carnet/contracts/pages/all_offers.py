"""The offers by number, with their customers and the last day for a signature."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.contracts.pages.look import PAGES, WORDS
from carnet.contracts.read_models import offers, parties
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified

router = APIRouter()


@router.get("/pages/offers", dependencies=[CaughtUp])
async def show_offers(request: Request, runtime: RuntimeDep, asked: Listed, _: Identified) -> HTMLResponse:
    rows = await runtime.query(lambda session: offers.listed(session, None, asked.after, asked.limit + 1))
    page = asked.page(rows, key=offers.sort_key)
    names = await runtime.query(lambda session: parties.names(session, [row.debtor_id for row in page.items]))
    return PAGES.render(request, "offers.html", page=page, names=names, first=not asked.after, **WORDS)
