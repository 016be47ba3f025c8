"""Contracts to decide on: a notice by their day, or the term goes on or ends by itself."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.contracts.domain.notice import renewed_end
from carnet.contracts.pages.look import PAGES, WORDS
from carnet.contracts.read_models import contracts, parties
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()
AHEAD: Final = timedelta(days=90)


@router.get("/pages/decisions", dependencies=[CaughtUp])
async def show_decisions(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    today = runtime.today()
    rows = await runtime.query(lambda session: contracts.to_decide(session, today, today + AHEAD))
    names = await runtime.query(lambda session: parties.names(session, [row.debtor_id for row in rows]))
    decisions = [(row, renewed_end(contracts.version_of(row).terms)) for row in rows]
    return PAGES.render(request, "decisions.html", decisions=decisions, names=names, ahead=AHEAD.days, **WORDS)
