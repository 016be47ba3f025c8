"""All who may owe something, found by number or name."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.invoicing.pages.look import PAGES, WORDS
from carnet.invoicing.read_models import parties
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()


@router.get("/pages/debtors", dependencies=[CaughtUp])
async def show_all(request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, q: str = "") -> HTMLResponse:
    rows = await runtime.query(lambda session: parties.listed(session, q.strip(), asked.after, asked.limit + 1))
    page = asked.page(rows, key=parties.sort_key)
    template = "_all_debtors.html" if is_fragment(request) else "all_debtors.html"
    return PAGES.render(request, template, page=page, q=q, first=not asked.after, **WORDS)
