"""What an amendment would cost before it is signed (B6): the supplement now, and the next regular bill."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel

from carnet.events.contracts import ContractVersion
from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.billing.billing_run import bill
from carnet.invoicing.billing.letterhead import terms_of as debtor_terms
from carnet.invoicing.billing.taxing import codes_of_contracts
from carnet.invoicing.domain.contract_account import Bill, FeesClaimed, State
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.periods import due_on, period
from carnet.invoicing.domain.terms import ContractTerms
from carnet.invoicing.read_models import contracts
from carnet.invoicing.streams import ACCOUNTS
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime

Biller: TypeAlias = Callable[[ContractTerms, date], Bill]
MOST_PERIODS = 2400  # monthly for two hundred years


class NextBill(BaseModel):
    due_on: date
    totals: Totals


class AmendmentPreview(BaseModel):
    """Net, VAT and payable that the change adds (a credit is negative), and the regular bill that follows."""

    contract_id: str
    currency: str
    net: Decimal
    vat: Decimal
    total: Decimal
    payable: Decimal
    next_bill: NextBill | None


async def preview_of(runtime: Runtime, contract_id: str, version: ContractVersion, day: date) -> AmendmentPreview:
    """Work out a proposed version with the decisions that will bill it; nothing is written."""
    if contract_id != version.contract_id or (proposed := terms_of(version)) is None:
        raise Rejected("Send a version of this contract that bills a fee.")
    row = await runtime.query(lambda session: contracts.one(session, contract_id))
    present = terms_of(row.agreed) if row else None
    biller = await billing(runtime, present, proposed)
    state = as_billed(biller, present, await runtime.state(ACCOUNTS, contract_id), day)
    claim, after = billed(biller, proposed, state, day)
    return shown(proposed, claim, next_bill(biller, proposed, after, day))


async def billing(runtime: Runtime, present: ContractTerms | None, proposed: ContractTerms) -> Biller:
    """Give what makes the command that bills some terms up to a day, as the run would make it."""
    at = await codes_of_contracts(runtime, (present, proposed))
    debtor = await debtor_terms(runtime, proposed.debtor_id)
    return lambda terms, day: bill(runtime, terms, debtor, day, at)


def as_billed(biller: Biller, present: ContractTerms | None, state: State, day: date) -> State:
    """Give the contract's account as if all that its present terms make due were billed."""
    return billed(biller, present, state, day)[1] if present else state


def billed(biller: Biller, terms: ContractTerms, state: State, day: date) -> tuple[FeesClaimed | None, State]:
    command = biller(terms, day)
    events = ACCOUNTS.decider.decide(command, state)
    claim = next((event for event in events if isinstance(event, FeesClaimed)), None)
    for event in events:
        state = ACCOUNTS.decider.evolve(state, event)
    return claim, state


def next_bill(biller: Biller, terms: ContractTerms, state: State, day: date) -> NextBill | None:
    """Give the first later bill; None where the contract bills no more."""
    for later in due_days(terms, day):
        claim, state = billed(biller, terms, state, later)
        for document in claim.documents if claim else ():
            return NextBill(due_on=later, totals=document.totals)
    return None


def due_days(terms: ContractTerms, day: date) -> Iterator[date]:
    """Give the next due days after a day: two are enough to find a bill, or to see that none comes."""
    days = (due_on(terms.billing, period(terms.billing, k)) for k in range(MOST_PERIODS))
    later = (each for each in days if each > day)
    yield from (each for each, _ in zip(later, range(2), strict=False))


def shown(terms: ContractTerms, claim: FeesClaimed | None, following: NextBill | None) -> AmendmentPreview:
    signed = [(1 if each.kind == "invoice" else -1, each.totals) for each in (claim.documents if claim else ())]
    return AmendmentPreview(
        contract_id=terms.contract_id,
        currency=terms.currency,
        net=sum((sign * foot.net for sign, foot in signed), Decimal(0)),
        vat=sum((sign * tax for sign, foot in signed for tax in foot.vat.values()), Decimal(0)),
        total=sum((sign * foot.total for sign, foot in signed), Decimal(0)),
        payable=sum((sign * foot.payable for sign, foot in signed), Decimal(0)),
        next_bill=following,
    )
