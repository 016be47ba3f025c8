"""Each new day starts its run, as long as the business day is the real one (S73)."""

import asyncio
from datetime import date

from carnet.contracts.domain.run import RunFinished
from carnet.contracts.read_models.obligations import histories
from carnet.contracts.streams import RUNS
from carnet.contracts.streams.day_run import DayRun, own_facts_seen
from carnet.kernel.because import Because
from carnet.kernel.day import BusinessDay
from carnet.kernel.runtime import Runtime

PAUSE = 60.0  # seconds between two looks at the calendar


async def each_day(runtime: Runtime) -> None:
    """Look every minute whether a new day has begun; a day whose run is finished is left alone."""
    while True:
        if BusinessDay(runtime.settings).starts_runs:
            await run_of(runtime, runtime.today())
        await asyncio.sleep(PAUSE)


async def run_of(runtime: Runtime, day: date) -> None:
    state = await runtime.state(RUNS, day)
    if isinstance(state, RunFinished) or not await own_facts_seen(runtime):
        return
    because = Because("ticker", f"run-{day}", f"the day's run|{day}")
    await DayRun(runtime, day, because).over(histories(runtime))
