"""The billing run: what it would bill, then the run itself; the runs of collective invoices and reminders."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing import work_runs
from carnet.invoicing.billing.billing_run import BillingRun, own_facts_seen
from carnet.invoicing.billing.dry_run import DryRun
from carnet.invoicing.billing.journal import open_day
from carnet.invoicing.billing.progress import progress, started
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import contracts, parties
from carnet.invoicing.read_models import runs as kept
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified

router = APIRouter()
CONTRACTS = 200  # that a page of the dry run goes over
SHORT = 3.0  # seconds: a run that takes longer goes on by itself, and the page shows how far it has come


@router.get("/pages/run", dependencies=[CaughtUp])
async def show_run(
    request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, day: date | None = None
) -> HTMLResponse:
    """Show what a run of the day would bill, some hundreds of contracts at a time; nothing is written."""
    dry = await DryRun(runtime, day or runtime.today()).over_some(replace(asked, limit=CONTRACTS))
    ids = [document.debtor_id for document in dry.documents]
    names = await runtime.query(lambda session: parties.names(session, ids))
    newest, come = await runtime.query(kept.newest), await progress(runtime, dry.run_date)
    posted_on = await open_day(runtime, dry.run_date)
    state: dict[str, Any] = {"newest": newest, "progress": come, "posted_on": posted_on, "first": not asked.after}
    return PAGES.render(request, "run.html", dry=dry, names=names, **state, **WORDS)


@router.post("/pages/run")
async def start_run(
    of: Annotated[Literal["fees", "collective", "reminders"], Form()],
    day: Annotated[date, Form()],
    commands: Commands,
    _: Bookkeeper,
) -> RedirectResponse:
    await refuse_while_reading(commands)
    await start(of, day, commands)
    return RedirectResponse(f"/invoicing/pages/run?day={day}", 303)


@router.get("/pages/run/progress", dependencies=[CaughtUp])
async def show_progress(request: Request, runtime: RuntimeDep, _: Identified, day: date) -> HTMLResponse:
    """Show how far a run has come; the page asks again as long as it goes on."""
    return PAGES.render(request, "_progress.html", progress=await progress(runtime, day))


@router.post("/pages/run/retry")
async def try_again(
    contract_id: Annotated[str, Form()], day: Annotated[date, Form()], commands: Commands, _: Bookkeeper
) -> RedirectResponse:
    """Try one parked contract again."""
    await refuse_while_reading(commands)
    row = await commands.runtime.query(lambda session: contracts.one(session, contract_id))
    await BillingRun(commands.runtime, day, commands.because).over_some([row] if row else [])
    return RedirectResponse(f"/invoicing/pages/run?day={day}", 303)


async def refuse_while_reading(commands: Commands) -> None:
    if not await own_facts_seen(commands.runtime):
        raise HTTPException(503, "The books are still being read; start the run again in a moment.")


async def start(of: str, day: date, commands: Commands) -> None:
    match of:
        case "fees":
            task = started(BillingRun(commands.runtime, day, commands.because))
            done, _ = await asyncio.wait({task}, timeout=SHORT)
            for each in done:
                each.result()
        case "collective":
            await work_runs.collect(commands.runtime, day, commands.because)
        case _:
            await work_runs.remind(commands.runtime, day, commands.because)
