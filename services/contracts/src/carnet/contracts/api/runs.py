"""The day's run, started by a person; the service's own ticker does the same each real day (S73)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from carnet.contracts.api.bodies import Body
from carnet.contracts.api.roles import Planner
from carnet.contracts.domain.run import RunFinished
from carnet.contracts.read_models import runs
from carnet.contracts.read_models.obligations import histories
from carnet.contracts.streams.day_run import DayRun, own_facts_seen
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["runs"])


class Run(Body):
    date: Annotated[date, Field(lt=date(2200, 1, 1))]


class ParkedView(BaseModel):
    contract_id: str
    reason: str


class RunView(BaseModel):
    """What a run did: services raised and excused, terms renewed, and the contracts that failed, with their reasons."""

    run_date: date
    finished: bool = True
    contracts: int
    raised: int
    excused: int
    renewed: int
    parked: list[ParkedView]


@router.post("/runs")
async def start_run(body: Run, commands: Commands, _: Planner) -> RunView:
    """Raise every service that is to be prepared up to a day and was not yet raised; once more raises nothing."""
    if not await own_facts_seen(commands.runtime):
        raise HTTPException(503, "The contracts are still being read; start the run again in a moment.")
    run = DayRun(commands.runtime, body.date, commands.because)
    return shown(await run.over(histories(commands.runtime)))


def shown(done: RunFinished) -> RunView:
    told: dict[str, Any] = done.model_dump(exclude={"type"})
    return RunView.model_validate(told)


@router.get("/runs", dependencies=[CaughtUp])
async def list_runs(
    request: Request, response: Response, runtime: RuntimeDep, asked: Listed, _: Identified
) -> Page[RunView]:
    """List the runs, the newest first, each as its first pass went."""
    rows = await runtime.query(lambda session: runs.listed(session, asked.after, asked.limit + 1))
    views = [RunView.model_validate(row.model_dump()) for row in rows]
    page = asked.page(views, key=lambda run: (run.run_date.isoformat(),))
    link_next(request, response, page)
    return page
