"""The services that fall due soon, and the run of the day that prepares them (S73)."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.contracts.pages.look import PAGES, WORDS, Planner
from carnet.contracts.read_models import falling_due, nodes, runs
from carnet.contracts.read_models.obligations import histories
from carnet.contracts.streams.day_run import DayRun, own_facts_seen
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()
AHEAD: Final = timedelta(days=60)


@router.get("/pages/due", dependencies=[CaughtUp])
async def show_due(request: Request, runtime: RuntimeDep, asked: Listed, _: Identified) -> HTMLResponse:
    """Show what falls due in the next sixty days; the portal gets the list alone."""
    today = runtime.today()
    span = today, today + AHEAD
    rows = await runtime.query(lambda session: falling_due.listed(session, *span, asked.after, asked.limit + 1))
    page = asked.page(rows, key=falling_due.sort_key)
    names = await runtime.query(lambda session: nodes.names(session, [row.object_id for row in page.items]))
    values: dict[str, Any] = {"page": page, "names": names, "ahead": AHEAD.days, "first": not asked.after, **WORDS}
    if is_fragment(request):
        return PAGES.render(request, "_due.html", **values)
    run = await runtime.query(lambda session: runs.newest_until(session, today))
    return PAGES.render(request, "due.html", run=run, **values)


@router.post("/pages/runs")
async def prepare(day: Annotated[date, Form()], commands: Commands, _: Planner) -> RedirectResponse:
    """Raise every service that is to be prepared up to a day; once more raises nothing."""
    runtime = commands.runtime
    if not await own_facts_seen(runtime):
        raise HTTPException(503, "The contracts are still being read; start the run again in a moment.")
    await DayRun(runtime, day, commands.because).over(histories(runtime))
    await own_facts_seen(runtime)
    return RedirectResponse("/contracts/pages/due", 303)
