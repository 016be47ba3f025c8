"""An order is billed once, whatever the order in which its facts arrive (R4, R8, R9)."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.invoicing.domain.billable import (
    ClaimWork,
    Event,
    Note,
    NothingToBill,
    VoidWork,
    WorkClaimed,
    WorkVoided,
    billable,
    contradicted,
)
from carnet.invoicing.domain.order_facts import (
    ApprovalNoted,
    CancellationNoted,
    CompletionNoted,
    CoverageNoted,
    Fact,
    OrderNoted,
    ReopeningNoted,
    WorkNoted,
    awaited,
)
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.work_lines import Coverage, WorkItem
from carnet.kernel.testing import Given

given = Given(billable)
day = date(2026, 4, 15)
first_report, second_report = "report 1", "report 2"
order = OrderNoted(order_id="9", order_kind="maintenance", debtor_id="K1", object_id="lift A")
half = Coverage(
    contract_id="C-1",
    visit=1,
    visits=2,
    shares={"labour": Decimal(1), "travel": Decimal(1), "parts": Decimal("0.5")},
)


def item(item_id: str, kind: str, quantity: str, **more: object) -> WorkItem:
    return WorkItem.model_validate(
        {"item_id": item_id, "kind": kind, "quantity": quantity, "service_date": day, **more}
    )


favre = WorkNoted(
    report_id=first_report,
    items=(item("1", "service", "3.00"), item("2", "km", "24"), item("3", "part", "1")),
)
krasniqi = WorkNoted(report_id=second_report, items=(item("4", "service", "3.00"),))
covered = CoverageNoted(coverage=half)
uncovered = CoverageNoted(coverage=Coverage())
completed = CompletionNoted(closed_on=day, report_ids=(first_report, second_report))
cancelled = CancellationNoted(closed_on=day, reason="declined by phone")
claim = ClaimWork(
    claimed_on=day,
    rule="at_once",
    currency="CHF",
    unit_prices={"1": Decimal(145), "2": Decimal("1.20"), "3": Decimal("128.90"), "4": Decimal(145)},
    vat=(VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),),
    payable_step=Decimal("0.05"),
)
known: list[Event] = [order, favre, krasniqi, covered, completed]


def claimed(*history: Event, command: ClaimWork = claim) -> WorkClaimed:
    (event,) = given(*history).when(command)
    assert isinstance(event, WorkClaimed)
    return event


def test_two_reports_under_a_contract_give_the_invoice_of_15_april() -> None:
    bill = claimed(*known)
    assert [(line.list_amount, line.borne_by, line.net) for line in bill.lines] == [
        (Decimal("435.00"), "contract", Decimal("0.00")),
        (Decimal("28.80"), "contract", Decimal("0.00")),
        (Decimal("128.90"), "contract", Decimal("64.45")),
        (Decimal("435.00"), "contract", Decimal("0.00")),
    ]
    foot = bill.totals
    assert (foot.net, foot.total, foot.rounding, foot.payable) == (
        Decimal("64.45"), Decimal("69.67"), Decimal("-0.02"), Decimal("69.65"),
    )  # fmt: skip


def test_the_order_in_which_facts_arrive_does_not_matter() -> None:
    assert all(claimed(*history) == claimed(*known) for history in permutations(known))


def test_a_repeated_claim_adds_nothing() -> None:
    assert given(*known, claimed(*known)).when(claim) == []


@pytest.mark.parametrize("fact", [order, favre, covered, completed])
def test_a_repeated_fact_adds_nothing(fact: Fact) -> None:
    assert given(*known).when(Note(fact=fact)) == []
    assert given(*known, claimed(*known)).when(Note(fact=fact)) == []


@pytest.mark.parametrize(
    ("missing", "because"),
    [
        (order, "Wait for the order itself"),
        (krasniqi, "Wait for all work reports"),
        (covered, "Wait for the coverage decision"),
        (completed, "Complete the order"),
    ],
)
def test_an_order_is_not_billed_before_all_is_known(missing: Event, because: str) -> None:
    given(*[event for event in known if event != missing]).refuses(claim, because=because)


def test_a_debtor_may_want_to_approve_first() -> None:
    after_approval = claim.model_copy(update={"rule": "after_approval"})
    given(*known).refuses(after_approval, because="Approve the work")
    assert claimed(*known, ApprovalNoted(approved_on=day), command=after_approval).lines


def test_r9_a_warranty_comes_before_the_contract_and_that_before_the_price_list() -> None:
    """A part under warranty is shown at 0.00, another at half its price, travel the contract does not bear in full."""
    parts = (item("1", "part", "1", warranty=True), item("3", "part", "1"), item("2", "km", "24"))
    no_travel = CoverageNoted(coverage=half.model_copy(update={"shares": {"parts": Decimal("0.5")}}))
    bill = claimed(order, WorkNoted(report_id=first_report, items=parts), no_travel, CompletionNoted(closed_on=day))
    assert [(line.item_id, line.borne_by, line.list_amount, line.net) for line in bill.lines] == [
        ("1", "warranty", Decimal("145.00"), Decimal("0.00")),
        ("2", "price_list", Decimal("28.80"), Decimal("28.80")),
        ("3", "contract", Decimal("128.90"), Decimal("64.45")),
    ]


def test_a_corrected_report_withdraws_the_approval() -> None:
    after_approval = claim.model_copy(update={"rule": "after_approval"})
    approval, less = ApprovalNoted(approved_on=day), WorkNoted(report_id=second_report, items=())
    history: list[Event] = [*known, approval]
    assert given(*history).when(Note(fact=krasniqi)) == []
    assert given(*history).when(Note(fact=less)) == [less]
    given(*history, less).refuses(after_approval, because="Approve the work")
    assert claimed(*history, less, approval, command=after_approval).lines
    bill = claimed(*history, command=after_approval)
    given(*history, bill).refuses(Note(fact=less), because="Void the invoice of this order")


def test_a_covered_visit_makes_no_document_but_shows_its_list_price() -> None:
    visit = WorkNoted(report_id=first_report, items=(item("1", "service", "1.50"), item("2", "km", "24")))
    done = CompletionNoted(closed_on=day)
    (event,) = given(order, visit, covered, done).when(claim)
    assert isinstance(event, NothingToBill)
    assert event.reason == "covered"
    assert [line.list_amount for line in event.lines] == [Decimal("217.50"), Decimal("28.80")]
    assert given(order, visit, covered, done, event).when(claim) == []


def test_a_cancelled_order_bills_nothing() -> None:
    (event,) = given(order, favre, cancelled).when(claim)
    assert event == NothingToBill(order_id=order.order_id, reason="cancelled")


def test_an_internal_order_bears_cost_and_bills_nothing() -> None:
    internal = order.model_copy(update={"internal": True})
    (event,) = given(internal, krasniqi, CompletionNoted(closed_on=day)).when(claim)
    assert isinstance(event, NothingToBill)
    assert (event.reason, event.lines[0].list_amount) == ("internal", Decimal("435.00"))


def test_an_order_settled_without_a_bill_may_be_reopened_and_billed() -> None:
    nothing = NothingToBill(order_id=order.order_id, reason="cancelled")
    reopened = ReopeningNoted(reopened_on=day)
    assert claimed(order, favre, krasniqi, cancelled, nothing, reopened, uncovered, completed).lines


def test_an_order_that_is_reopened_is_completed_and_approved_anew_before_it_is_billed() -> None:
    after_approval = claim.model_copy(update={"rule": "after_approval"})
    approval, reopened = ApprovalNoted(approved_on=day), ReopeningNoted(reopened_on=day)
    given(*known, approval, reopened).refuses(claim, because="Complete the order")
    given(*known, approval, reopened, completed).refuses(after_approval, because="Approve the work")


def test_what_a_bill_rests_on_is_not_changed_under_it() -> None:
    corrected = krasniqi.model_copy(update={"items": (item("4", "service", "2.00"),)})
    given(*known, claimed(*known)).refuses(Note(fact=corrected), because="Void the invoice")
    assert given(*known).when(Note(fact=corrected)) == [corrected]


def test_only_news_contradicts_a_claim_and_an_approval_never_does() -> None:
    bill, corrected = claimed(*known), krasniqi.model_copy(update={"items": ()})
    billed = billable.fold([*known, bill])
    assert contradicted(corrected, billed) == bill
    assert contradicted(krasniqi, billed) is None
    assert contradicted(ApprovalNoted(approved_on=day), billed) is None
    nothing = NothingToBill(order_id=order.order_id, reason="cancelled")
    assert contradicted(favre, billable.fold([order, cancelled, nothing])) is None


def test_a_voided_bill_is_made_again_under_a_new_id() -> None:
    first = claimed(*known)
    void = VoidWork(claim_id=first.claim_id, recorded=day)
    (voided,) = given(*known, first).when(void)
    again = claimed(*known, first, voided)
    assert again.totals == first.totals
    assert again.claim_id != first.claim_id
    assert given(*known, first, voided).when(void) == []


def test_only_the_standing_claim_is_voided() -> None:
    given(*known).refuses(VoidWork(claim_id=uuid4(), recorded=day), because="standing claim")


def test_a_warranty_comes_before_the_contract_and_the_price_list() -> None:
    under_warranty = WorkNoted(report_id=first_report, items=(item("3", "part", "1", warranty=True),))
    (event,) = given(order, under_warranty, covered, CompletionNoted(closed_on=day)).when(claim)
    assert isinstance(event, NothingToBill)
    assert (event.lines[0].borne_by, event.lines[0].net) == ("warranty", Decimal("0.00"))


def test_a_part_without_a_price_is_named() -> None:
    unpriced = claim.model_copy(update={"unit_prices": {}})
    given(*known).refuses(unpriced, because="Give service a price that holds on 2026-04-15")


def test_an_expense_is_its_own_price() -> None:
    parking = WorkNoted(report_id=first_report, items=(item("5", "expense", "12.50"),))
    assert claimed(order, parking, uncovered, CompletionNoted(closed_on=day)).totals.net == Decimal("12.50")


def test_nothing_is_awaited_of_a_cancelled_order() -> None:
    assert awaited(billable.fold([order, cancelled]).known, "after_approval") is None


def test_an_approval_is_awaited_only_where_somebody_wants_it() -> None:
    told = billable.fold(known).known
    assert awaited(told, "at_once") is None
    assert awaited(told, "at_once", approve=True) == "Approve the work before billing it."
    given(*known).refuses(claim.model_copy(update={"approve": True}), because="Approve the work")


def test_an_approval_after_the_claim_bills_nothing_more() -> None:
    approval = ApprovalNoted(approved_on=day)
    assert given(*known, claimed(*known), approval).when(claim) == []
    nothing = NothingToBill(order_id=order.order_id, reason="cancelled")
    assert given(order, cancelled, nothing, approval).when(claim) == []


def test_a_claim_says_what_it_rests_on() -> None:
    bill, monthly = claimed(*known), claimed(*known, command=claim.model_copy(update={"rule": "month_end"}))
    assert (bill.coverage, bill.collective, monthly.collective) == (half, False, True)
    assert str(bill.claim_id) == "df4c4151-4c94-5189-a554-7c6e719073fe"  # the same on any machine (R8)


def test_an_internal_order_is_on_no_collective_invoice_and_its_cost_has_its_currency() -> None:
    internal = order.model_copy(update={"internal": True})
    monthly = claim.model_copy(update={"rule": "month_end", "currency": "EUR"})
    (event,) = given(internal, krasniqi, CompletionNoted(closed_on=day)).when(monthly)
    assert isinstance(event, NothingToBill)
    assert (event.reason, event.currency) == ("internal", "EUR")


@for_all(st.permutations(known), st.lists(st.integers(0, 4), max_size=6))
def test_any_repetition_in_any_order_bills_once(facts: list[Event], again: list[int]) -> None:
    history: list[Event] = []
    for fact in [*facts, *(facts[n] for n in again)]:
        history += given(*history).when(Note.model_validate({"fact": fact}))
    history += given(*history).when(claim)
    assert history == [*facts, claimed(*known)]
    assert given(*history).when(claim) == []


@pytest.mark.parametrize("event", [*known, claimed(*known), WorkVoided(claim_id=uuid4(), recorded=day)])
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert adapter.validate_json(adapter.dump_json(event)) == event
