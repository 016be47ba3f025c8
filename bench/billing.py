"""The billing run over contracts of three positions: invoices a second into the store, and the dry run before it.

The contracts come as published events and are taken in first; then the run bills them in a process of its own with
nothing else at work, so that what is measured ends with the numbered invoices in the store.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.billed import in_a_process, settings_in
from bench.contracts import DEBTORS, NEW_YEAR, heard, idle
from bench.report import Row, say

from carnet.invoicing.billing.dry_run import DryRun
from carnet.invoicing.pages.runs import CONTRACTS as A_PAGE
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.web.cursor import Listing

CONTRACTS: Final = 10_000


async def looked(settings: InvoicingSettings) -> tuple[float, float]:
    """Give the seconds of a dry run: of a page's contracts, and of all."""
    async with idle(settings) as runtime:
        begin = time.perf_counter()
        await DryRun(runtime, NEW_YEAR).over_some(Listing(A_PAGE))
        first = time.perf_counter()
        whole = await DryRun(runtime, NEW_YEAR).over_all()
        done = time.perf_counter()
    assert len(whole.documents) == CONTRACTS, whole.parked[:3]
    return first - begin, done - first


def rows() -> Iterator[Row]:
    note = f"{CONTRACTS:,} contracts of three positions, {DEBTORS} debtors"
    calm_garbage_collection()  # as a service does when it starts
    with TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        asyncio.run(heard(settings, CONTRACTS))
        page, whole = asyncio.run(looked(settings))
        billed = in_a_process(Path(folder))
    cost = f"{note}; {1000 * billed.processor / billed.invoices:.2f} ms of processor time an invoice"
    assert billed.invoices == CONTRACTS
    yield Row("billing run into the store", round(billed.rate), "invoices/s", ">= 1000", note=cost)
    yield Row(f"dry run, a page of {A_PAGE} contracts", round(page, 3), "s", "<= 1", note=note)
    yield Row("dry run, all contracts", round(whole, 2), "s", note=note)


if __name__ == "__main__":
    say(rows())
