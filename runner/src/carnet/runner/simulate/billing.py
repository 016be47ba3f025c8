"""A contract is signed, amended, billed and voided: by contracts' decisions, as published, in invoicing's account."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, assert_never

from carnet.contracts.domain import amendments, terms
from carnet.contracts.domain import contract as agreement
from carnet.contracts.publishing import publish
from carnet.events.contracts import ContractVersion
from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.domain import contract_account as account
from carnet.invoicing.domain.claims import ClaimedDocument
from carnet.kernel.decider import Rejected
from carnet.runner.simulate.fees import (
    Add,
    AnyStep,
    Bill,
    Contract,
    Extend,
    FeeStory,
    Position,
    Remove,
    Reprice,
    Terminate,
    Void,
)
from carnet.runner.simulate.shown import fee_document

CONTRACT_ID = "contract"


def play(story: FeeStory, explain: bool) -> list[dict[str, Any]]:
    """Give what each run printed: `[{run_date, documents}]`; raises Rejected."""
    ledger = Ledger(story)
    ledger.agree(signed(story.contract))
    runs = (ledger.take(step) for step in story.steps)
    return [
        {"run_date": str(step.run_date), "documents": [fee_document(each, explain=explain) for each in documents]}
        for step, documents in zip(story.steps, runs, strict=True)
        if isinstance(step, Bill)
    ]


@dataclass
class Ledger:
    """One contract as contracts decided it, and its account as invoicing keeps it."""

    story: FeeStory
    contract: agreement.State = None
    told: ContractVersion | None = None
    books: account.State = field(default_factory=account.State)

    def take(self, step: AnyStep) -> list[ClaimedDocument]:
        """Take a step in; give the documents that it made."""
        match step:
            case Bill():
                return self.bill(step.run_date)
            case Void():
                return self.void(step)
            case _:
                self.agree(command(step, step.recorded or self.story.contract.start))
                return []

    def agree(self, command: agreement.Command) -> None:
        """Have contracts decide, and hear what it publishes."""
        for event in agreement.contract.decide(command, self.contract):
            self.contract = agreement.contract.evolve(self.contract, event)
            self.told = getattr(publish(event), "terms", self.told)

    def bill(self, run_date: date) -> list[ClaimedDocument]:
        billed = terms_of(self.told) if self.told else None
        if billed is None:
            return []
        step = self.story.step(billed.currency)
        return self.book(account.Bill(run_date=run_date, terms=billed, vat=self.story.rates, payable_step=step))

    def void(self, step: Void) -> list[ClaimedDocument]:
        found = account.claimed_on(self.books, step.run_date, step.type)
        if found is None:
            raise Rejected(
                "Void a document that stands: the run of {day} made no {kind} that does.",
                day=step.run_date,
                kind=step.type,
            )
        return self.book(account.VoidFees(document_id=found, recorded=step.recorded or step.run_date))

    def book(self, command: account.Command) -> list[ClaimedDocument]:
        events = account.contract_account.decide(command, self.books)
        for event in events:
            self.books = account.contract_account.evolve(self.books, event)
        return [each for event in events if isinstance(event, account.FeesClaimed) for each in event.documents]


def signed(given: Contract) -> agreement.Sign:
    agreed = given.model_dump(include={"kind", "currency", "start", "end", "proration", "refund"})
    told = terms.Terms(
        contract_number=CONTRACT_ID,
        parties=terms.Parties(debtor_id="debtor"),
        billing=given.billing,
        positions=tuple(map(position, given.positions)),
        **agreed,
    )
    return agreement.Sign(contract_id=CONTRACT_ID, terms=told, recorded=given.start)


def position(given: Position) -> terms.Position:
    price = terms.Price(valid_from=given.first_day, fee=given.fee)
    days = given.model_dump(include={"first_day", "last_day"})
    return terms.Position(position_id=given.id, object_id=given.id, prices=(price,), **days)


def command(step: Add | Remove | Reprice | Terminate | Extend, recorded: date) -> agreement.Command:
    """Give the command that a person at the office would give."""
    match step:
        case Terminate(last_day=last_day):
            return agreement.Terminate(last_day=last_day, recorded=recorded)
        case Extend(last_day=last_day):
            return agreement.Extend(last_day=last_day, recorded=recorded)
        case _:
            return agreement.Amend(changes=(change(step),), recorded=recorded)


def change(step: Add | Remove | Reprice) -> amendments.Change:
    match step:
        case Add():
            return amendments.AddPosition(position=position(step.position))
        case Remove():
            return amendments.RemovePosition(position_id=step.id, last_day=step.last_day)
        case Reprice():
            price = terms.Price(valid_from=step.since, fee=step.fee)
            return amendments.Reprice(position_id=step.id, price=price)
        case _:
            assert_never(step)
