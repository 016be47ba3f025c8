"""A dry run says what a billing run of a day would make, and how that differs from the last run (B4)."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.billing.billing_run import would_bill
from carnet.invoicing.billing.comparing import Difference, billed_version, compare, last_claims
from carnet.invoicing.billing.taxing import codes_of_contracts
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.run import Parked
from carnet.invoicing.read_models import contracts, versions
from carnet.invoicing.read_models.contracts import ContractRow
from carnet.invoicing.streams import ACCOUNTS
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


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
    """

    run_date: date
    documents: list[WouldBill]
    nothing: int
    parked: list[Parked]
    differences: list[Difference]


async def dry_run(runtime: Runtime, day: date) -> Preview:
    """Go over the contracts as the run does, by the decisions that the run itself takes; nothing is written."""
    found = Preview(run_date=day, documents=[], nothing=0, parked=[], differences=[])
    rows = await runtime.query(contracts.billed_by_run)
    at = await codes_of_contracts(runtime, (terms_of(row.agreed) for row in rows))
    for row in rows:
        try:
            claim = await would_bill(runtime, row, day, at)
        except (Rejected, NotYet) as why:
            found.parked.append(Parked(contract_id=row.contract_id, number=row.number, reason=str(why)))
        else:
            found.documents.extend(would_make(row, claim) if claim else ())
            found.nothing += claim is None
            difference = await differs(runtime, row, claim, day)
            found.differences.extend([difference] if difference else [])
    return found


async def differs(runtime: Runtime, row: ContractRow, claim: FeesClaimed | None, day: date) -> Difference | None:
    state = await runtime.state(ACCOUNTS, row.contract_id)
    after = billed_version(last_claims(state))
    told = await runtime.query(lambda session: versions.since(session, row.contract_id, after, row.version))
    return compare(row.contract_id, row.number, state, claim, day, told)


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
