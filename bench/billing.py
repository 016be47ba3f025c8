"""The billing run over contracts of three positions: invoices a second into the store.

The contracts come as published events and are taken in first; then the service's own run bills them, with nothing else
at work (no relay, no read model, no rendering), so that what is measured ends with the numbered invoices in the store.
"""

import asyncio
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.report import Row, say

from carnet.events.contracts import Billing, ContractSigned, ContractVersion, Position, Price
from carnet.events.fact import Address
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.invoicing.app import INVOICING, build
from carnet.invoicing.billing.billing_run import BillingRun
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.because import Because
from carnet.kernel.engines import open_engines
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime, assemble
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trial import Trial, trial

CONTRACTS: Final = 1_000
DEBTORS: Final = 50
NEW_YEAR: Final = date(2026, 1, 1)
ADDRESS: Final = Address(street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne")
FEES: Final = ("1680.00", "1320.00", "480.00")


def version(number: int) -> ContractVersion:
    positions = tuple(
        Position(
            position_id=f"{number}-{n}",
            object_id=f"lift-{n}",
            first_day=NEW_YEAR,
            prices=(Price(valid_from=NEW_YEAR, fee=Decimal(fee)),),
        )
        for n, fee in enumerate(FEES)
    )
    return ContractVersion(
        contract_id=f"c-{number}",
        number=f"C-{number:05}",
        version=1,
        kind="maintenance",
        debtor_id=f"k{number % DEBTORS}",
        start=NEW_YEAR,
        billing=Billing(every_months=6, anchor=NEW_YEAR),
        valid_from=NEW_YEAR,
        recorded=NEW_YEAR,
        positions=positions,
    )


async def take_in(suite: Trial) -> None:
    """Let the service hear of debtors, objects and contracts."""
    for number in range(DEBTORS):
        debtor = PartyRegistered(party_id=f"k{number}", number=f"K{number}", name=f"PPE {number}", address=ADDRESS)
        await suite.publish(f"party-k{number}", debtor)
    for number in range(len(FEES)):
        lift = ObjectRegistered(object_id=f"lift-{number}", number=f"L{number}", name=f"Lift {number}", kind="lift")
        await suite.publish(f"object-lift-{number}", lift)
    for number in range(CONTRACTS):
        await suite.publish(f"contract-c-{number}", ContractSigned(contract_id=f"c-{number}", terms=version(number)))


async def heard(settings: InvoicingSettings) -> None:
    async with trial(invoicing=build(settings)) as suite:
        await take_in(suite)
        await suite.settle()


async def idle(settings: InvoicingSettings) -> Runtime:
    """Open the service's engines with nothing at work on them."""
    engines, feeds = await open_engines("invoicing", settings), Any
    around = Surroundings(engines.store, engines.bus, engines.database, feeds, Metrics(), "/carnet/bench/invoicing/1")  # type: ignore[arg-type]  # no gap is healed here
    return assemble(INVOICING, settings, engines, around)


async def measured() -> float:
    """Give the invoices a second."""
    with TemporaryDirectory() as folder:
        settings = InvoicingSettings(data=Path(folder), log_level="error", business_day=NEW_YEAR)
        await heard(settings)
        runtime = await idle(settings)
        begin = time.perf_counter()
        done = await BillingRun(runtime, NEW_YEAR, Because("anna", "c0ffee")).over_all()
        spent = time.perf_counter() - begin
        await runtime.engines.close()
        assert done.billed == CONTRACTS, done.parked[:3]
        return CONTRACTS / spent


def rows() -> Iterator[Row]:
    note = f"{CONTRACTS} contracts of three positions, {DEBTORS} debtors"
    calm_garbage_collection()  # as a service does when it starts
    yield Row("billing run into the store", round(asyncio.run(measured())), "invoices/s", ">= 1000", note=note)


if __name__ == "__main__":
    say(rows())
