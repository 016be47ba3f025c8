"""The billing run with the whole service at work: relay, read models, journal, accounts and rendering beside it.

First on the embedded engines, then on PostgreSQL, Kafka and an event store where they are (`tests/engines` says where
they come from; `PYTHONPATH=tests`). The event store is the development server, a Python process that speaks the
protocol and is no measure of a real one, unless `CARNET_EVENTSTORE` names one. There the run is measured alone too.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.billed import run_in, settings_in
from bench.contracts import NEW_YEAR, heard
from bench.report import Row, say
from engines import NotHere, kafka, postgres
from engines.eventstore.process import event_store
from engines.processes import Settings
from engines.real import rooms_on

from carnet.invoicing.app import build
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.runtime import Runtime
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.trial import trial
from carnet.kernel.web.tokens import AfterToken

EMBEDDED: Final = "embedded engines"
REAL: Final = "PostgreSQL, Kafka, event store"
CONTRACTS: Final = 10_000
ON_SERVERS: Final = 2_000
PATIENCE: Final = 200.0


@dataclass(frozen=True)
class AtWork:
    """Seconds from the request until the run is recorded, and until the last read model has all that it recorded."""

    contracts: int
    recorded: float
    read: float


async def at_work(settings: InvoicingSettings, contracts: int) -> AtWork:
    """Bill by a request, on what the service has heard before."""
    async with trial(invoicing=build(settings)) as suite:
        await suite.settle()
        begin = time.perf_counter()
        answer = await suite.post("/invoicing/runs", {"date": str(NEW_YEAR)}, timeout=PATIENCE)
        recorded = time.perf_counter() - begin
        assert answer.json()["billed"] == contracts, answer.text[:300]
        await seen(suite.runtime("invoicing"))
        return AtWork(contracts, recorded, time.perf_counter() - begin)


async def seen(runtime: Runtime) -> None:
    """Wait until every read model has what the store holds now."""
    head: Any = await runtime.engines.store.head()
    assert await runtime.caught_up(AfterToken(runtime.context.name, head, "", -1), PATIENCE)


async def heard_and_billed(settings: InvoicingSettings, contracts: int) -> AtWork:
    await heard(settings, contracts)
    return await at_work(settings, contracts)


async def heard_and_run(settings: InvoicingSettings, contracts: int) -> float:
    """Give the invoices a second of the run alone."""
    await heard(settings, contracts)
    return (await run_in(settings)).rate


def embedded() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        yield from told(EMBEDDED, asyncio.run(heard_and_billed(settings_in(Path(folder)), CONTRACTS)))


def on_servers() -> Iterator[Row]:
    """Measure on servers that keep what they acknowledge; raises NotHere."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres.server(durable=True))
        bus, store = stack.enter_context(kafka.server()), stack.enter_context(event_store())
        alone, together = (rooms(stack, rooms_on(database, bus, store)) for _ in range(2))
        rate = asyncio.run(heard_and_run(alone, ON_SERVERS))
        name = f"billing run into the store, {REAL}"
        yield Row(name, round(rate), "invoices/s", note=f"{ON_SERVERS:,} contracts; {server_named()}")
        yield from told(REAL, asyncio.run(heard_and_billed(together, ON_SERVERS)), server_named())


def rooms(stack: ExitStack, on: AbstractContextManager[Settings]) -> InvoicingSettings:
    """Give invoicing a database and streams of its own; topics are the broker's, so contracts are heard once more."""
    told_to = stack.enter_context(on)("invoicing")
    folder = Path(stack.enter_context(TemporaryDirectory()))
    return settings_in(folder, **{name.removeprefix("CARNET_").lower(): value for name, value in told_to.items()})


def server_named() -> str:
    return (
        "a real event store"
        if os.environ.get("CARNET_EVENTSTORE")
        else "the event store is a Python development server"
    )


def told(engines: str, ran: AtWork, note: str = "") -> Iterator[Row]:
    more = f"{ran.contracts:,} contracts, everything of the service at work" + (f"; {note}" if note else "")
    name = f"billing run, {engines}"
    yield Row(f"{name}: recorded", round(ran.contracts / ran.recorded), "invoices/s", note=more)
    yield Row(f"{name}: in the last read model", round(ran.contracts / ran.read), "invoices/s", note=more)


def rows() -> Iterator[Row]:
    calm_garbage_collection()  # as a service does when it starts
    yield from embedded()
    try:
        yield from on_servers()
    except NotHere as reason:
        yield Row(f"billing run, {REAL}", None, "invoices/s", note=str(reason))


if __name__ == "__main__":
    say(rows())
