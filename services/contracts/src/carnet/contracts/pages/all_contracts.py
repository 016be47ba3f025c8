"""The contracts by number, with their customers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.contracts.pages.look import PAGES, WORDS
from carnet.contracts.read_models import contracts, parties
from carnet.contracts.read_models.contracts import Filter
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()


@router.get("/", dependencies=[CaughtUp])
async def show_contracts(
    request: Request, runtime: RuntimeDep, asked: Listed, _: Identified, q: str = ""
) -> HTMLResponse:
    wanted = Filter(number=q.strip())
    rows = await runtime.query(lambda session: contracts.listed(session, wanted, asked.after, asked.limit + 1))
    page = asked.page(rows, key=contracts.sort_key)
    names = await runtime.query(lambda session: parties.names(session, [row.debtor_id for row in page.items]))
    template = "_contracts.html" if is_fragment(request) else "contracts.html"
    return PAGES.render(request, template, page=page, names=names, q=q, first=not asked.after, **WORDS)
