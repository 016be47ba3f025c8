"""The run of a day goes over all contracts: it raises what falls due and excuses what is owed no more (S73).

An offer whose last day is past lapses; a term whose notice day passed without a notice is renewed.

A contract that fails is parked with its reason while the others go on. A run that was cut off, or comes again, goes
over all contracts again: what was raised is not raised twice.
"""

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from datetime import date

from carnet.contracts.domain import contract
from carnet.contracts.domain.obligations import History
from carnet.contracts.domain.occurrence import Excuse, Raise
from carnet.contracts.domain.offer import PassDay
from carnet.contracts.domain.run import Finish, Parked, RunFinished, Start
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.visits import due_occurrences, lapsed, occurrence_id
from carnet.contracts.streams import CONTRACTS, OCCURRENCES, RUNS
from carnet.kernel.because import Because
from carnet.kernel.logs import get_logger
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.tokens import AfterToken

NO_LONGER_OWED = "The contract as amended no longer promises this service."
log = get_logger(__name__)


@dataclass
class DayRun:
    """One pass of the run of `day` over the contracts and what was raised of them, and over the standing offers."""

    runtime: Runtime
    day: date
    because: Because
    contracts: int = 0
    raised: int = 0
    excused: int = 0
    renewed: int = 0
    parked: list[Parked] = field(default_factory=list)

    async def over(self, contracts: AsyncIterable[tuple[str, History]]) -> RunFinished:
        """Go over the contracts as they come; the first pass of a day is recorded, each one answers what it did."""
        await self.runtime.handle(RUNS, self.day, Start(run_date=self.day), self.because.step("start"))
        async for contract_id, history in contracts:
            await self.take(contract_id, history)
        done = {
            "contracts": self.contracts,
            "raised": self.raised,
            "excused": self.excused,
            "renewed": self.renewed,
            "parked": tuple(self.parked),
        }
        await self.runtime.handle(RUNS, self.day, Finish.model_validate(done), self.because.step("finish"))
        return RunFinished.model_validate({"run_date": self.day, **done})

    async def take(self, contract_id: str, history: History) -> None:
        try:
            await self.advance(contract_id, history)
        except Exception as error:  # one contract's trouble must not keep the others' services back
            log.exception("contract parked", contract=contract_id, day=str(self.day))
            self.parked.append(Parked(contract_id=contract_id, reason=f"{type(error).__name__}: {error}"))

    async def advance(self, contract_id: str, history: History) -> None:
        await self.pass_day(contract_id)
        if (version := contract.newest(await self.runtime.state(CONTRACTS, contract_id))) is not None:
            self.contracts += 1
            await self.raise_due(version, history)
            await self.excuse_lapsed(version, history)

    async def pass_day(self, contract_id: str) -> None:
        """Let an offer lapse, or renew a term whose notice day is past."""
        command = PassDay(recorded=self.day)
        outcome = await self.runtime.handle(CONTRACTS, contract_id, command, self.because.step("pass"))
        self.renewed += sum(isinstance(event, contract.ContractRenewedTacitly) for event in outcome.events)

    async def raise_due(self, version: Version, history: History) -> None:
        for visit in due_occurrences(version, self.day, history.due, history.closed):
            command, because = Raise(visit=visit, raised_on=self.day), self.because.step("raise")
            outcome = await self.runtime.handle(OCCURRENCES, visit.occurrence_id, command, because)
            self.raised += len(outcome.events)

    async def excuse_lapsed(self, version: Version, history: History) -> None:
        for key in lapsed(version, history.open, history.closed):
            command = Excuse(reason=NO_LONGER_OWED, excused_on=self.day)
            name = occurrence_id(version.contract_id, key)
            outcome = await self.runtime.handle(OCCURRENCES, name, command, self.because.step("excuse"))
            self.excused += len(outcome.events)


async def own_facts_seen(runtime: Runtime) -> bool:
    """Wait until the read models have seen all that the store holds now; False when that takes too long."""
    head = await runtime.engines.store.head()
    return head is None or await runtime.caught_up(AfterToken(runtime.context.name, head, "", -1))
