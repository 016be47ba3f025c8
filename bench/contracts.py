"""Contracts of three positions, as invoicing hears of them: through the bus and its own consumers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bench.rig import batched

from carnet.events.contracts import Billing, ContractSigned, ContractVersion, Position, Price
from carnet.events.fact import Address, Fact
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.invoicing.app import INVOICING, build
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.engines import open_engines
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime, assemble
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trial import trial

DEBTORS: Final = 50
TOGETHER: Final = 2_000  # facts that are published before the service has taken them all in
NEW_YEAR: Final = date(2026, 1, 1)
ADDRESS: Final = Address(street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne")
FEES: Final = ("1680.00", "1320.00", "480.00")


def position(contract: int, number: int) -> Position:
    price = Price(valid_from=NEW_YEAR, fee=Decimal(FEES[number]))
    named = {"position_id": f"{contract}-{number}", "object_id": f"lift-{number}"}
    return Position(**named, first_day=NEW_YEAR, prices=(price,))


def version(number: int) -> ContractVersion:
    return ContractVersion(
        contract_id=f"c-{number}",
        number=f"C-{number:06}",
        version=1,
        kind="maintenance",
        debtor_id=f"k{number % DEBTORS}",
        start=NEW_YEAR,
        billing=Billing(every_months=6, anchor=NEW_YEAR),
        valid_from=NEW_YEAR,
        recorded=NEW_YEAR,
        positions=tuple(position(number, n) for n in range(len(FEES))),
    )


def facts(contracts: int) -> Iterator[tuple[str, Fact]]:
    """Give debtors, objects and contracts, each with its stream."""
    for number in range(DEBTORS):
        told = {"party_id": f"k{number}", "number": f"K{number}", "name": f"PPE {number}"}
        yield f"party-k{number}", PartyRegistered(**told, address=ADDRESS)
    for number in range(len(FEES)):
        lift = {"object_id": f"lift-{number}", "number": f"L{number}", "name": f"Lift {number}", "kind": "lift"}
        yield f"object-lift-{number}", ObjectRegistered(**lift)
    for number in range(contracts):
        yield f"contract-c-{number}", ContractSigned(contract_id=f"c-{number}", terms=version(number))


async def heard(settings: InvoicingSettings, contracts: int) -> None:
    """Let a service hear of so many contracts, until its read models have all of them."""
    async with trial(invoicing=build(settings)) as suite:
        for some in batched(facts(contracts), TOGETHER):
            await asyncio.gather(*(suite.publish(*each) for each in some))
            await suite.settle()


@asynccontextmanager
async def idle(settings: InvoicingSettings) -> AsyncIterator[Runtime]:
    """Open the service's engines with nothing at work on them."""
    engines, feeds = await open_engines("invoicing", settings), Any
    around = Surroundings(engines.store, engines.bus, engines.database, feeds, Metrics(), "/carnet/bench/invoicing/1")  # type: ignore[arg-type]  # no gap is healed here
    yield assemble(INVOICING, settings, engines, around)
    await engines.close()
