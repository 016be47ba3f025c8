"""Each new day starts its billing run, as long as the business day is the real one (S73)."""

import asyncio
from datetime import date

from carnet.invoicing.billing.billing_run import BillingRun, own_facts_seen
from carnet.invoicing.billing.progress import started
from carnet.invoicing.domain.run import RunRecorded
from carnet.invoicing.streams import RUNS
from carnet.kernel.because import Because
from carnet.kernel.day import BusinessDay
from carnet.kernel.runtime import Runtime

PAUSE = 60.0  # seconds between two looks at the calendar


async def each_day(runtime: Runtime) -> None:
    """Look every minute whether a new day has begun; a day whose run is recorded is left alone."""
    while True:
        if BusinessDay(runtime.settings).starts_runs:
            await run_of(runtime, runtime.today())
        await asyncio.sleep(PAUSE)


async def run_of(runtime: Runtime, day: date) -> None:
    """Bill the day's fees unless that is done; a run that was interrupted is resumed."""
    state = await runtime.state(RUNS, day)
    if isinstance(state, RunRecorded) or not await own_facts_seen(runtime):
        return
    await started(BillingRun(runtime, day, Because("ticker", f"run-{day}", f"the day's run|{day}")))
