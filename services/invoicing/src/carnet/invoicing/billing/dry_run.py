"""A dry run says what a billing run of a day would make, and how that differs from the last run (B4)."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from carnet.invoicing.billing.billing_run import AT_ONCE, bill, claimed
from carnet.invoicing.billing.comparing import Difference, billed_version, compare, last_claims
from carnet.invoicing.billing.going_over import Agreed, Page, agreed, all_contracts
from carnet.invoicing.billing.letterheads import Letterheads
from carnet.invoicing.billing.taxing import CodesAt, codes_of_contracts
from carnet.invoicing.domain.contract_account import FeesClaimed, State
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.run import Parked
from carnet.invoicing.read_models import versions
from carnet.invoicing.read_models.contracts import FIRST, ContractRow, next_billed, sort_key
from carnet.invoicing.read_models.versions import VersionRow
from carnet.invoicing.streams import ACCOUNTS
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.cursor import Listing, keyset


class WouldBill(BaseModel):
    """A document that a run would make of a contract."""

    contract_id: str
    number: str
    debtor_id: str
    kind: str
    currency: str
    lines: int
    totals: Totals


class Preview(BaseModel):
    """The documents that a run of this day would make, and the contracts that it would park.

    `differences` compares each contract with its own last bill; contracts of which nothing is due are not in it.
    `next` is the cursor of the contracts that were not gone over, None where all were.
    """

    run_date: date
    documents: list[WouldBill]
    nothing: int
    parked: list[Parked]
    differences: list[Difference]
    next: str | None = None


@dataclass
class DryRun:
    """Goes over contracts as the run of `day` does, by the decisions that the run itself takes; nothing is written."""

    runtime: Runtime
    day: date

    def __post_init__(self) -> None:
        self.heads = Letterheads(self.runtime)
        self.found = Preview(run_date=self.day, documents=[], nothing=0, parked=[], differences=[])

    async def over_all(self) -> Preview:
        """Go over all contracts, by their numbers."""
        async for page in all_contracts(self.runtime, AT_ONCE):
            await self.look(page)
        return self.found

    async def over_some(self, asked: Listing) -> Preview:
        """Go over as many contracts as are asked for; `next` is the place of the others."""
        after = keyset(asked.after, str, str) if asked.after else FIRST
        rows = await self.runtime.query(lambda session: next_billed(session, after, asked.limit + 1))
        listed = asked.page(rows, key=sort_key)
        await self.look(agreed(listed.items))
        return self.found.model_copy(update={"next": listed.next})

    async def look(self, page: Page) -> None:
        ids = [each.row.contract_id for each in page]
        at = await codes_of_contracts(self.runtime, (each.terms for each in page))
        told = await self.runtime.query(lambda session: versions.of_contracts(session, ids))
        states = await asyncio.gather(*(self.runtime.state(ACCOUNTS, contract_id) for contract_id in ids))
        for each, state in zip(page, states, strict=True):
            try:
                claim = await self.claim(each, state, at)
            except (Rejected, NotYet) as why:
                self.park(each.row, str(why))
            else:
                self.add(each.row, claim, state, told.get(each.row.contract_id, []))

    async def claim(self, contract: Agreed, state: State, at: CodesAt) -> FeesClaimed | None:
        if contract.terms is None:
            return None
        debtor = (await self.heads.of(contract.row.debtor_id)).terms
        return claimed(bill(self.runtime, contract.terms, debtor, self.day, at), state)

    def park(self, row: ContractRow, why: str) -> None:
        self.found.parked.append(Parked(contract_id=row.contract_id, number=row.number, reason=why))

    def add(self, row: ContractRow, claim: FeesClaimed | None, state: State, told: Sequence[VersionRow]) -> None:
        self.found.documents.extend(would_make(row, claim) if claim else ())
        self.found.nothing += claim is None
        billed = billed_version(last_claims(state))
        new = [each for each in told if billed < each.version <= row.version]
        difference = compare(row.contract_id, row.number, state, claim, self.day, new)
        self.found.differences.extend([difference] if difference else [])


def would_make(row: ContractRow, claim: FeesClaimed) -> Iterator[WouldBill]:
    for document in claim.documents:
        yield WouldBill(
            contract_id=row.contract_id,
            number=row.number,
            debtor_id=row.debtor_id,
            kind=document.kind,
            currency=claim.currency,
            lines=len(document.lines),
            totals=document.totals,
        )
