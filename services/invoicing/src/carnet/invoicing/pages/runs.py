"""The billing run: what it would bill, then the run itself; the runs of collective invoices and reminders."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.api import runs as api
from carnet.invoicing.api.bodies import Bookkeeper, Dated
from carnet.invoicing.pages.look import PAGES, WORDS
from carnet.invoicing.read_models import parties
from carnet.invoicing.read_models import runs as kept
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()


@router.get("/pages/run", dependencies=[CaughtUp])
async def show_run(request: Request, runtime: RuntimeDep, _: Identified, day: date | None = None) -> HTMLResponse:
    """Show what a run of the day would bill; nothing is written."""
    dry = await api.dry_run(runtime, day or runtime.today())
    ids = [document.debtor_id for document in dry.documents]
    names = await runtime.query(lambda session: parties.names(session, ids))
    newest = await runtime.query(kept.newest)
    return PAGES.render(request, "run.html", dry=dry, names=names, newest=newest, **WORDS)


@router.post("/pages/run")
async def start_run(
    of: Annotated[Literal["fees", "collective", "reminders"], Form()],
    day: Annotated[date, Form()],
    commands: Commands,
    person: Bookkeeper,
) -> RedirectResponse:
    start = {"fees": api.bill, "collective": api.collect, "reminders": api.remind}[of]
    await start(Dated(date=day), commands, person)
    return RedirectResponse(f"/invoicing/pages/run?day={day}", 303)
