"""`python -m bench.scale.contracts FOLDER SIZE`: the run of a day over so many contracts, and what is asked of them.

Each has one object with a visit every half-year; a 180th of them falls due each day. Prints its figures as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from bench.rig import fill
from bench.scale.figures import Figure, Figures, resident, times, took, until
from pydantic import BaseModel

from carnet.contracts.app import build
from carnet.contracts.domain.contract import ContractSigned
from carnet.contracts.domain.terms import Billing, Cycle, CyclePlan, Parties, Position, Price, Terms, Version
from carnet.contracts.settings import ContractsSettings
from carnet.kernel.engines import open_engines
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.trial import Trial, trial

NEW_YEAR: Final = date(2026, 1, 1)
FIRST_VISITS: Final = 180  # days over which they are spread
ASKED: Final = 5


def signed(number: int) -> tuple[str, list[BaseModel]]:
    contract_id = f"c-{number}"
    agreed = Version(contract_id=contract_id, number=1, valid_from=NEW_YEAR, recorded=NEW_YEAR, terms=terms(number))
    return f"contract-{contract_id}", [ContractSigned(version=agreed)]


def terms(number: int) -> Terms:
    first_visit = NEW_YEAR + timedelta(days=number % FIRST_VISITS)
    cycle = Cycle(cycle_id="half", service="half", every_months=6, anchor=first_visit, prepare_days_before=0)
    return Terms(
        kind="maintenance",
        contract_number=f"C-{number:07}",
        parties=Parties(debtor_id=f"p{number // 200}"),
        start=NEW_YEAR,
        billing=Billing(every_months=6, anchor=NEW_YEAR),
        positions=(
            Position(
                position_id="a",
                object_id=f"o{number}",
                first_day=NEW_YEAR,
                prices=(Price(valid_from=NEW_YEAR, fee=Decimal(1680)),),
                plans=(CyclePlan(valid_from=NEW_YEAR, cycles=(cycle,)),),
            ),
        ),
    )


def streams(contracts: int) -> Iterator[tuple[str, list[BaseModel]]]:
    return (signed(number) for number in range(contracts))


async def measured(settings: ContractsSettings, size: int) -> Figures:
    """Load the store, let the service take it in, then run two days: the second one is what every day is like."""
    engines = await open_engines("contracts", settings)
    await fill(engines.store, streams(size))
    await engines.close()
    async with trial(contracts=build(settings)) as suite:
        await at_rest(suite)
        await runs(suite, NEW_YEAR)
        seconds = await took(runs(suite, NEW_YEAR + timedelta(days=1))) / 1000
        return {
            "the run of a day": Figure(seconds, "s"),
            "the run of a day, a contract": Figure(seconds * 1000 / size, "ms"),
            **await asked(suite, "list of contracts, a page", "/contracts/contracts"),
            **await asked(suite, "services due in 60 days, a page", "/contracts/pages/due"),
            "memory of the process": resident(),
        }


async def at_rest(suite: Trial) -> None:
    async def rests() -> bool:
        return await suite.at_rest() is not None

    await until(rests)


async def runs(suite: Trial, day: date) -> None:
    answer = await suite.post("/contracts/runs", {"date": day.isoformat()}, role="planner")
    assert answer.status_code == 200, answer.text
    await at_rest(suite)


async def asked(suite: Trial, name: str, path: str) -> Figures:
    return times(name, [await took(suite.get(path)) for _ in range(ASKED)][1:])


def main(folder: str, size: str) -> Figures:
    calm_garbage_collection()  # as a service does when it starts
    settings = ContractsSettings(data=Path(folder), log_level="error", business_day=NEW_YEAR)
    return asyncio.run(measured(settings, int(size)))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
