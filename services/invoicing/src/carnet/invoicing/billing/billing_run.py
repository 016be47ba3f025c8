"""A billing run goes over all contracts: it bills what is due up to its day and was not yet billed (R8, S73).

Contracts are taken in the order of their numbers and so are the numbers of their documents. A contract that fails is
parked with its reason while the others go on. A run that was cut off, or comes again, bills nothing twice.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import uuid4

from carnet.invoicing.billing.assembling import Names, fee_document
from carnet.invoicing.billing.going_over import Agreed, Page, Pages, all_contracts, these
from carnet.invoicing.billing.issuing import issue_fees, object_names, objects_of
from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.letterheads import Letterheads
from carnet.invoicing.billing.numbering import numbering
from carnet.invoicing.billing.taxing import CodesAt, codes_of_contracts, fee_rates
from carnet.invoicing.domain.contract_account import Bill, FeesClaimed, State
from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.document import Document
from carnet.invoicing.domain.run import Parked, RecordRun, StartRun
from carnet.invoicing.domain.terms import ContractTerms
from carnet.invoicing.read_models import contracts
from carnet.invoicing.read_models.contracts import ContractRow
from carnet.invoicing.streams import ACCOUNTS, RUNS
from carnet.kernel.because import Because
from carnet.kernel.logs import get_logger
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.tokens import AfterToken

AT_ONCE = 256  # contracts that are claimed side by side
log = get_logger(__name__)


@dataclass
class BillingRun:
    """One pass of the run of `day`: it has `seen` so many of its `contracts`."""

    runtime: Runtime
    day: date
    because: Because
    contracts: int = 0
    seen: int = 0
    billed: int = 0
    nothing: int = 0
    parked: list[Parked] = field(default_factory=list)
    at: CodesAt = field(default_factory=dict)
    heads: Letterheads = field(init=False)

    def __post_init__(self) -> None:
        """Give a run without a cause one of its own: it is never mistaken for another run of the same day."""
        self.heads = Letterheads(self.runtime)
        if not (self.because.causation or self.because.key):
            self.because = replace(self.because, causation=f"billing run|{self.day}|{uuid4()}")

    async def over_all(self) -> RecordRun:
        """Bill all contracts by their numbers; what the pass did is recorded and answered."""
        self.contracts = await self.runtime.query(contracts.count_billed)
        start = StartRun(run_date=self.day, contracts=self.contracts)
        await self.runtime.handle(RUNS, self.day, start, self.because.step("start"))
        return await self.go(all_contracts(self.runtime, AT_ONCE), None)

    async def over_some(self, rows: Sequence[ContractRow]) -> RecordRun:
        """Try some contracts again that were parked; the others stay as they are."""
        return await self.go(these(rows), tuple(row.contract_id for row in rows))

    async def go(self, pages: Pages, tried: tuple[str, ...] | None) -> RecordRun:
        async for page in pages:
            await self.bill(page)
            self.seen += len(page)
        parked = tuple(sorted(self.parked, key=lambda each: (each.number, each.contract_id)))
        done = RecordRun(run_date=self.day, billed=self.billed, nothing=self.nothing, parked=parked, tried=tried)
        await self.runtime.handle(RUNS, self.day, done, self.because.step("record"))
        return done

    async def bill(self, page: Page) -> None:
        """Claim what is due of some contracts, side by side, and number it in their order."""
        self.at = await codes_of_contracts(self.runtime, (each.terms for each in page))
        async with numbering(self.runtime).turn:
            found = await asyncio.gather(*(self.guarded(each.row, self.claim(each)) for each in page))
            await self.number([(each.row, claim) for each, claim in zip(page, found, strict=True) if claim])

    async def guarded(self, row: ContractRow, work: Awaitable[FeesClaimed | None]) -> FeesClaimed | None:
        try:
            return await work
        except Exception as error:  # noqa: BLE001  # one contract's trouble must not keep the others' bills back
            log.warning("contract parked", contract=row.contract_id, day=str(self.day), why=str(error))
            self.parked.append(Parked(contract_id=row.contract_id, number=row.number, reason=str(error)))
            return None

    async def claim(self, contract: Agreed) -> FeesClaimed | None:
        if contract.terms is None:
            self.nothing += 1
            return None
        debtor = (await self.heads.of(contract.row.debtor_id)).terms
        command = bill(self.runtime, contract.terms, debtor, self.day, self.at)
        outcome = await self.runtime.handle(ACCOUNTS, contract.row.contract_id, command, self.because)
        claimed = next((event for event in outcome.events if isinstance(event, FeesClaimed)), None)
        self.billed += len(claimed.documents) if claimed else 0
        self.nothing += claimed is None
        return claimed

    async def number(self, claims: Sequence[tuple[ContractRow, FeesClaimed]]) -> None:
        """Number the documents of claims; a credit note follows when the invoice that it corrects has its number."""
        objects = await object_names(self.runtime, list({name for _, claim in claims for name in objects_of(claim)}))
        invoices = [await self.invoice(row, claim, objects) for row, claim in claims]
        await numbering(self.runtime).issue([each for each in invoices if each], self.because)
        for _, claim in claims:
            await self.finish(claim)

    async def invoice(self, row: ContractRow, claim: FeesClaimed, objects: Mapping[str, str]) -> Document | None:
        owed = next((document for document in claim.documents if document.kind == "invoice"), None)
        if owed is None:
            return None
        names = Names(objects=objects, contract=row.number)
        return fee_document(claim, owed, await self.heads.of(claim.debtor_id), names)

    async def finish(self, claim: FeesClaimed) -> None:
        try:
            await issue_fees(self.runtime, claim, self.because)
        except NotYet:
            return  # the reaction to the claim waits for what is missing


def bill(runtime: Runtime, terms: ContractTerms, debtor: DebtorTerms, day: date, at: CodesAt) -> Bill:
    """Give the command that bills a contract up to a day; `at` are the tax codes of places by object."""
    vat, vat_of = fee_rates(house(runtime), terms, debtor, at)
    step = house(runtime).step(terms.currency)
    return Bill(run_date=day, terms=terms, vat=vat, vat_of=vat_of, payable_step=step)


def claimed(command: Bill, state: State) -> FeesClaimed | None:
    """Say what a run would claim, and claim nothing; raises Rejected as the run would."""
    found = ACCOUNTS.decider.decide(command, state)
    return next((event for event in found if isinstance(event, FeesClaimed)), None)


async def own_facts_seen(runtime: Runtime) -> bool:
    """Wait until the read models have seen all that the store holds now; False when that takes too long."""
    head: Any = await runtime.engines.store.head()
    return head is None or await runtime.caught_up(AfterToken(runtime.context.name, head, "", -1))
