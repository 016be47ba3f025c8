"""A dry run says what a billing run of a day would make, by the decisions that the run itself takes."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.billing.billing_run import would_bill
from carnet.invoicing.billing.taxing import codes_of_contracts
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.run import Parked
from carnet.invoicing.read_models import contracts
from carnet.invoicing.read_models.contracts import ContractRow
from carnet.kernel.decider import Rejected
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
    """The documents that a run of this day would make, and the contracts that it would park."""

    run_date: date
    documents: list[WouldBill]
    nothing: int
    parked: list[Parked]


async def dry_run(runtime: Runtime, day: date) -> Preview:
    """Go over the contracts as the run does; nothing is written."""
    found = Preview(run_date=day, documents=[], nothing=0, parked=[])
    rows = await runtime.query(contracts.billed_by_run)
    at = await codes_of_contracts(runtime, (terms_of(row.agreed) for row in rows))
    for row in rows:
        try:
            claim = await would_bill(runtime, row, day, at)
        except Rejected as why:
            found.parked.append(Parked(contract_id=row.contract_id, number=row.number, reason=str(why)))
        else:
            found.documents.extend(would_make(row, claim) if claim else ())
            found.nothing += claim is None
    return found


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
