"""Orders are told as dispatch tells them, contracts decides what it bears of each, invoicing bills and groups them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from carnet.contracts.domain import coverage as visits
from carnet.contracts.publishing import publish
from carnet.events.fact import Fact
from carnet.invoicing.consumers.noting import fact_of
from carnet.invoicing.domain import billable
from carnet.invoicing.domain.billable import ClaimWork, Note, WorkClaimed
from carnet.invoicing.domain.collective import Candidate, GroupingKey, GroupOrders, OrdersGrouped, collective
from carnet.runner.simulate import telling
from carnet.runner.simulate.orders import Order, WorkStory
from carnet.runner.simulate.shown import work_document

Claims: TypeAlias = list[tuple[Order, WorkClaimed]]


def play(story: WorkStory, explain: bool) -> dict[str, Any]:
    """Give the documents that the orders come to, in the order of the orders; raises Rejected."""
    office = Office(story)
    claims = [(order, claim) for order in story.orders if (claim := office.bill(order))]
    made = grouped(story, claims) if story.mode == "collective" else [([each], each[1].totals) for each in claims]
    return {"documents": [work_document(orders, totals, explain=explain) for orders, totals in made]}


@dataclass
class Office:
    """The contract year's visits as contracts counts them, and each order as invoicing bills it."""

    story: WorkStory
    year: visits.Year = field(default_factory=visits.Year)

    def bill(self, order: Order) -> WorkClaimed | None:
        """Bill an order by itself, or claim it for a collective invoice; None where nothing is to be billed."""
        state = billable.State()
        for fact in self.facts(order):
            state = after(state, Note(fact=fact_of(fact)))
        settled = after(state, self.claim(order)).settled
        return settled if isinstance(settled, WorkClaimed) else None

    def facts(self, order: Order) -> Iterator[Fact]:
        """Give all that is published of an order, in its order."""
        yield telling.created(self.story, order)
        yield from self.decided(telling.to_cover(self.story, order))
        yield telling.reported(self.story, order)
        yield telling.closed(self.story, order)
        yield from self.decided((visits.Consume if order.executed else visits.Release)(order_id=order.id))

    def decided(self, command: visits.Command) -> Iterator[Fact]:
        for event in visits.coverage.decide(command, self.year):
            self.year = visits.coverage.evolve(self.year, event)
            if (fact := publish(event)) is not None:
                yield fact

    def claim(self, order: Order) -> ClaimWork:
        return ClaimWork(
            claimed_on=self.story.service_date,
            rule="at_once" if self.story.mode == "single" else "month_end",
            currency=order.currency,
            unit_prices={telling.item_id(order, n): item.unit_price for n, item in enumerate(order.items, start=1)},
            vat=self.story.rates,
            payable_step=self.story.step(order.currency),
        )


def after(state: billable.State, command: billable.Command) -> billable.State:
    for event in billable.billable.decide(command, state):
        state = billable.billable.evolve(state, event)
    return state


def grouped(story: WorkStory, claims: Claims) -> list[tuple[Claims, Any]]:
    """Group claims as the cut-off date does (R5); a group that comes to 0.00 makes no document."""
    of_claim = {claim.claim_id: (order, claim) for order, claim in claims}
    command = GroupOrders(
        cut_off=story.service_date,
        candidates=tuple(candidate(order, claim) for order, claim in claims),
        payable_steps={order.currency: story.step(order.currency) for order, _ in claims},
    )
    found = [e for e in collective.decide(command, collective.initial) if isinstance(e, OrdersGrouped)]
    return [([of_claim[block.claim_id] for block in e.blocks], e.totals) for e in found if e.document_id]


def candidate(order: Order, claim: WorkClaimed) -> Candidate:
    key = GroupingKey(
        legal_entity="own",
        debtor_id=order.recipient,
        billing_address="",
        currency=order.currency,
        language="",
        payment_terms="",
        vat_regime="",
        channel="",
    )
    block = claim.model_dump(include={"claim_id", "closed_on"})
    return Candidate(order_id=order.id, lines=claim.lines, key=key, **block)
