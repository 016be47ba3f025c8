"""How far a run of fees has come: what this process goes over, what is numbered and what is rendered."""

import asyncio
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from carnet.invoicing.billing.billing_run import BillingRun
from carnet.invoicing.read_models import document_queries, runs
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import EventStore


class Unrendered(BaseModel, frozen=True):
    """A document that has its number and could not be rendered; `reason` says what to put right."""

    document_id: str
    number: str
    reason: str


class Progress(BaseModel, frozen=True):
    """Of a day's run: the contracts gone over, its documents numbered, rendered and failed, the contracts parked.

    `under_way` is told of a run in this process; one that is neither that nor `recorded` was interrupted, or goes on
    in another process.
    """

    run_date: date
    under_way: bool
    recorded: bool
    contracts: int
    seen: int
    numbered: int
    rendered: int
    parked: int
    failed: list[Unrendered] = []

    @property
    def to_render(self) -> int:
        """How many documents are still on their way to paper."""
        return self.numbered - self.rendered - len(self.failed)


@dataclass(frozen=True)
class UnderWay:
    run: BillingRun
    task: asyncio.Task[None]


RUNNING: WeakKeyDictionary[EventStore, dict[date, UnderWay]] = WeakKeyDictionary()


def running(runtime: Runtime) -> dict[date, UnderWay]:
    return RUNNING.setdefault(runtime.engines.store, {})


def started(run: BillingRun) -> asyncio.Task[None]:
    """Let a run go on by itself, until the service stops; a run of that day that goes on already is given instead."""
    of_day, runtime = running(run.runtime), run.runtime
    if run.day not in of_day:
        task = runtime.background(finished(run))
        of_day[run.day] = UnderWay(run, task)
        task.add_done_callback(lambda _: of_day.pop(run.day, None))
    return of_day[run.day].task


async def finished(run: BillingRun) -> None:
    await run.over_all()


async def progress(runtime: Runtime, day: date) -> Progress | None:
    """Say how far a day's run has come; None where there was none."""
    row = await runtime.query(lambda session: runs.of_day(session, day))
    going = running(runtime).get(day)
    if row is None and going is None:
        return None
    numbered, rendered = await runtime.query(lambda session: document_queries.made_on(session, day))
    failed = await runtime.query(lambda session: document_queries.unrendered_on(session, day))
    return Progress(
        run_date=day,
        under_way=going is not None,
        recorded=going is None and row is not None and row.recorded,
        contracts=going.run.contracts if going else row.contracts if row else 0,
        seen=going.run.seen if going else 0,
        numbered=numbered,
        rendered=rendered,
        failed=[Unrendered(document_id=r.document_id, number=r.number, reason=r.unrendered) for r in failed],
        parked=len(going.run.parked) if going else len(row.parked or ()) if row else 0,
    )
