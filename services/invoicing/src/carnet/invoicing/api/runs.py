"""The billing run: of the fees that are due. It may be repeated without harm (R8)."""

from datetime import date

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Bookkeeper, Dated
from carnet.invoicing.billing.billing_run import BillingRun, own_facts_seen
from carnet.invoicing.billing.dry_run import DryRun, Preview
from carnet.invoicing.billing.entries import Day
from carnet.invoicing.billing.progress import Progress, progress
from carnet.invoicing.domain.run import Parked
from carnet.invoicing.read_models import contracts, runs
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["runs"])


class RunView(BaseModel):
    """What a run did: documents claimed, contracts with nothing to bill, contracts that failed."""

    run_date: date
    billed: int
    nothing: int
    parked: list[Parked]


@router.post("/runs")
async def bill(body: Dated, commands: Commands, _: Bookkeeper) -> RunView:
    """Bill all fees due up to a day that are not billed yet, oldest first; once more bills nothing."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    done = await BillingRun(commands.runtime, day, commands.because).over_all()
    return RunView.model_validate(done.model_dump())


@router.get("/runs/parked", dependencies=[CaughtUp])
async def parked(runtime: RuntimeDep, _: Identified) -> list[Parked]:
    """List the contracts that the run of the latest day could not bill."""
    newest = await runtime.query(runs.newest)
    return [Parked.model_validate(each) for each in (newest.parked if newest else [])]


@router.get("/runs/{day}", dependencies=[CaughtUp])
async def one(day: Day, runtime: RuntimeDep, _: Identified) -> Progress:
    """Say how far the run of a day has come."""
    if (found := await progress(runtime, day)) is None:
        raise Unknown("The run of {day}", day=day)
    return found


@router.post("/runs/parked/{contract_id}/retry")
async def retry(contract_id: str, body: Dated, commands: Commands, _: Bookkeeper) -> RunView:
    """Try a parked contract again, in the run of its day; the other ones stay parked."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    if (row := await commands.runtime.query(lambda session: contracts.one(session, contract_id))) is None:
        raise Unknown("The contract {id}", id=contract_id)
    done = await BillingRun(commands.runtime, day, commands.because).over_some([row])
    return RunView.model_validate(done.model_dump())


@router.post("/runs/preview")
async def preview(body: Dated, runtime: RuntimeDep, _: Identified) -> Preview:
    """Say what a run of a day would bill; nothing is written."""
    return await DryRun(runtime, body.date or runtime.today()).over_all()


async def refuse_while_reading(runtime: Runtime) -> None:
    if not await own_facts_seen(runtime):
        raise HTTPException(503, "The books are still being read; start the run again in a moment.")
