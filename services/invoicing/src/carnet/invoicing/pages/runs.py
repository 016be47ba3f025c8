"""The billing run: what it would bill, then the run itself; the runs of collective invoices and reminders."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing import work_runs
from carnet.invoicing.billing.billing_run import BillingRun, own_facts_seen
from carnet.invoicing.billing.dry_run import dry_run
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import contracts, parties
from carnet.invoicing.read_models import runs as kept
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()


@router.get("/pages/run", dependencies=[CaughtUp])
async def show_run(request: Request, runtime: RuntimeDep, _: Identified, day: date | None = None) -> HTMLResponse:
    """Show what a run of the day would bill; nothing is written."""
    dry = await dry_run(runtime, day or runtime.today())
    ids = [document.debtor_id for document in dry.documents]
    names = await runtime.query(lambda session: parties.names(session, ids))
    newest, run = (
        await runtime.query(kept.newest),
        await runtime.query(lambda session: kept.of_day(session, dry.run_date)),
    )
    return PAGES.render(request, "run.html", dry=dry, names=names, newest=newest, run=run, **WORDS)


@router.post("/pages/run")
async def start_run(
    of: Annotated[Literal["fees", "collective", "reminders"], Form()],
    day: Annotated[date, Form()],
    commands: Commands,
    _: Bookkeeper,
) -> RedirectResponse:
    if not await own_facts_seen(commands.runtime):
        raise HTTPException(503, "The books are still being read; start the run again in a moment.")
    await start(of, day, commands)
    return RedirectResponse(f"/invoicing/pages/run?day={day}", 303)


async def start(of: str, day: date, commands: Commands) -> None:
    match of:
        case "fees":
            rows = await commands.runtime.query(contracts.billed_by_run)
            await BillingRun(commands.runtime, day, commands.because).over(rows)
        case "collective":
            await work_runs.collect(commands.runtime, day, commands.because)
        case _:
            await work_runs.remind(commands.runtime, day, commands.because)
