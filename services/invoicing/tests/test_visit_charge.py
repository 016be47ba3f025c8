"""A completed visit is billed at the contract's price instead of its labour and travel, a skipped one never."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.events.contracts import Charge, CoverageDecided
from carnet.events.fact import Shares
from carnet.invoicing.consumers.noting import fact_of
from carnet.invoicing.domain.billable import ClaimWork, Event, NothingToBill, WorkClaimed, billable
from carnet.invoicing.domain.order_facts import CancellationNoted, CompletionNoted, Fact, OrderNoted, WorkNoted
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.work_lines import WorkItem
from carnet.kernel.testing import Given

given = Given(billable)
DAY = date(2026, 4, 15)
CLAIM = ClaimWork(
    claimed_on=DAY,
    rule="at_once",
    currency="CHF",
    unit_prices={"1": Decimal(145), "2": Decimal("1.20"), "3": Decimal("86.40")},
    vat=(VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),),
    payable_step=Decimal("0.05"),
    minimum=Decimal(300),
)
ORDER = OrderNoted(order_id="9", order_kind="maintenance", debtor_id="K1", object_id="lift A")
DONE = CompletionNoted(closed_on=DAY, report_ids=("R",))


def item(item_id: str, kind: str, quantity: str, **more: Any) -> WorkItem:
    told = {"item_id": item_id, "kind": kind, "quantity": quantity, "service_date": DAY, **more}
    return WorkItem.model_validate(told)


def work(**part: Any) -> WorkNoted:
    items = (item("1", "service", "2.75"), item("2", "km", "38"), item("3", "part", "1", **part))
    return WorkNoted(report_id="R", items=items)


def priced(currency: str = "CHF") -> Fact:
    """What contracts tells of a visit at 190.00 with half of its parts."""
    told = CoverageDecided(
        order_id="9",
        object_id="lift A",
        contract_id="C-1",
        contract_version=2,
        covered=True,
        shares=Shares(labour=Decimal(1), travel=Decimal(1), parts=Decimal("0.5")),
        service_date=DAY,
        visit_price=Charge(amount=Decimal("190.00"), currency=currency),
    )
    return fact_of(told)


def settled(*history: Event, command: ClaimWork = CLAIM) -> Event:
    (event,) = given(*history).when(command)
    return event


def test_a_visit_at_a_price_is_billed_instead_of_labour_and_travel() -> None:
    """190.00 + half of 86.40 = 233.20; VAT 18.89; 252.09, payable 252.10; the minimum charge asks for no more."""
    claim = settled(ORDER, work(), priced(), DONE)
    assert isinstance(claim, WorkClaimed)
    assert [(line.kind, line.net, line.borne_by) for line in claim.lines] == [
        ("service", Decimal("0.00"), "contract"),
        ("km", Decimal("0.00"), "contract"),
        ("part", Decimal("43.20"), "contract"),
        ("visit", Decimal("190.00"), "contract"),
    ]
    assert (claim.totals.net, claim.totals.payable) == (Decimal("233.20"), Decimal("252.10"))
    assert (claim.lines[-1].item_id, claim.lines[-1].object_id) == ("9/visit", "lift A")
    assert given(ORDER, work(), priced(), DONE, claim).when(CLAIM) == []


def test_a_visit_that_was_skipped_is_never_billed() -> None:
    declined = CancellationNoted(closed_on=DAY, reason="declined")
    event = settled(ORDER, priced(), declined)
    assert isinstance(event, NothingToBill)
    assert (event.reason, event.lines) == ("cancelled", ())
    named = settled(ORDER, priced(), declined, command=CLAIM.model_copy(update={"rule": "month_end"}))
    assert isinstance(named, WorkClaimed)
    assert (named.lines, named.totals.net) == ((), Decimal(0))


def test_a_visit_without_a_reported_item_costs_its_price() -> None:
    claim = settled(ORDER, priced(), CompletionNoted(closed_on=DAY, report_ids=()))
    assert isinstance(claim, WorkClaimed)
    assert [(line.kind, line.net, line.service_date) for line in claim.lines] == [("visit", Decimal("190.00"), DAY)]


def test_a_warranty_still_comes_before_the_contract() -> None:
    claim = settled(ORDER, work(warranty=True), priced(), DONE)
    assert isinstance(claim, WorkClaimed)
    assert [(line.borne_by, line.net) for line in claim.lines if line.kind == "part"] == [("warranty", Decimal("0.00"))]


def test_a_price_in_another_currency_is_refused_with_what_to_do() -> None:
    given(ORDER, work(), priced("EUR"), DONE).refuses(CLAIM, because="bill its debtor in EUR, not in CHF")


@pytest.mark.parametrize("order_of_facts", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_order_in_which_the_facts_arrive_makes_no_difference(order_of_facts: tuple[int, ...]) -> None:
    facts: list[Event] = [ORDER, work(), priced(), DONE]
    assert settled(*(facts[n] for n in order_of_facts)) == settled(*facts)
