"""R1, R2, R4, R8 and R9 with the figures that the rules of the domain give."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.invoicing.domain.billable import ClaimWork, NothingToBill, WorkClaimed, billable
from carnet.invoicing.domain.contract_account import Bill, Event, FeesClaimed, VoidFees, contract_account
from carnet.invoicing.domain.order_facts import (
    CancellationNoted,
    CompletionNoted,
    CoverageNoted,
    OrderNoted,
    WorkNoted,
)
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.terms import ContractTerms, Position, Price
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.work_lines import Coverage, WorkItem
from carnet.kernel.testing import Given

given, of_order = Given(contract_account), Given(billable)
VAT = (
    VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
    VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),
)
STEP = Decimal("0.05")


def position(name: str, first_day: date, last_day: date | None = None, **repriced: tuple[date, str]) -> Position:
    prices = [Price(valid_from=first_day, fee=Decimal("1200.00"))]
    prices += [Price(valid_from=day, fee=Decimal(fee)) for day, fee in repriced.values()]
    return Position(position_id=name, first_day=first_day, last_day=last_day, prices=tuple(prices))


def terms(*positions: Position, version: int = 1, year: int = 2026, **more: object) -> ContractTerms:
    start = date(year, 1, 1)
    told = {"contract_id": "c", "currency": "CHF", "debtor_id": "K1", "start": start, "billing": half_yearly(year)}
    return ContractTerms.model_validate({**told, "version": version, "positions": positions, **more})


def half_yearly(year: int) -> Billing:
    return Billing(every_months=6, anchor=date(year, 1, 1))


def run(day: date, agreed: ContractTerms, *before: Event) -> FeesClaimed:
    (event,) = given(*before).when(Bill(run_date=day, terms=agreed, vat=VAT, payable_step=STEP))
    assert isinstance(event, FeesClaimed)
    return event


def nets(claim: FeesClaimed) -> list[tuple[str, str]]:
    return [(document.kind, str(line.net)) for document in claim.documents for line in document.lines]


@pytest.mark.parametrize(("year", "supplement"), [(2026, "255.25"), (2028, "253.85")])
def test_r1_an_object_added_on_15_april_is_billed_by_the_days_of_the_full_half_year(year: int, supplement: str) -> None:
    """600.00 x 77/181, not /365, /360 or of the rest; in a leap year the half has 182 days."""
    first = position("A", date(year, 1, 1))
    before = run(date(year, 1, 1), terms(first, year=year))
    both = terms(first, position("B", date(year, 4, 15)), version=2, year=year)
    added = run(date(year, 4, 15), both, before)
    assert nets(added) == [("invoice", supplement)]
    regular = run(date(year, 7, 1), both, before, added)
    assert nets(regular) == [("invoice", "600.00"), ("invoice", "600.00")]


def test_r1_the_payable_of_255_25_is_275_95_with_a_rounding_of_2_centimes() -> None:
    (document,) = run(date(2026, 4, 15), terms(position("B", date(2026, 4, 15)))).documents
    foot = document.totals
    assert (foot.vat, foot.total, foot.rounding, foot.payable) == (
        {Decimal("8.1"): Decimal("20.68")},
        Decimal("275.93"),
        Decimal("0.02"),
        Decimal("275.95"),
    )


def test_r2_an_object_out_after_august_is_credited_with_397_83_at_the_rate_of_its_invoice() -> None:
    whole, out = position("A", date(2026, 1, 1)), position("A", date(2026, 1, 1), date(2026, 8, 31))
    first = run(date(2026, 1, 1), terms(whole))
    second = run(date(2026, 7, 1), terms(whole), first)
    credit = run(date(2026, 9, 1), terms(out, version=2), first, second)
    (document,) = credit.documents
    assert nets(credit) == [("credit_note", "397.83")]
    assert (document.totals.vat, document.totals.total) == ({Decimal("8.1"): Decimal("32.22")}, Decimal("430.05"))
    assert document.lines[0].corrects == (second.documents[0].document_id,)


def test_r2_in_on_15_april_and_out_after_may_comes_to_155_80_in_whichever_order() -> None:
    first, inside = position("A", date(2026, 1, 1)), date(2026, 4, 15)
    before = run(date(2026, 1, 1), terms(first))
    added = run(inside, terms(first, position("B", inside), version=2), before)
    out = terms(first, position("B", inside, date(2026, 5, 31)), version=3)
    taken_out = run(date(2026, 6, 1), out, before, added)
    assert nets(taken_out) == [("credit_note", "99.45")]
    at_once = run(inside, out, before)
    assert nets(at_once) == [("invoice", "155.80")]
    assert Decimal("255.25") - Decimal("99.45") == Decimal("155.80")


def test_r2_a_new_price_for_the_last_8_of_184_days_is_a_supplement_of_6_52() -> None:
    """600 to 900 a year; the total is rounded, not the difference (6.53)."""
    cheap = (Price(valid_from=date(2026, 1, 1), fee=Decimal("600.00")),)
    dear = (*cheap, Price(valid_from=date(2026, 12, 24), fee=Decimal("900.00")))
    old, new = (Position(position_id="A", first_day=date(2026, 1, 1), prices=prices) for prices in (cheap, dear))
    first = run(date(2026, 1, 1), terms(old))
    second = run(date(2026, 7, 1), terms(old), first)
    assert nets(run(date(2026, 12, 1), terms(new, version=2), first, second)) == [("invoice", "6.52")]


def test_r3_a_year_over_the_change_of_rate_is_split_by_its_whole_months() -> None:
    """2400.00 for 1 Oct 2023 - 30 Sep 2024: 600.00 at 7.7 %, 1800.00 at 8.1 %, 2592.00 in all."""
    start = date(2023, 10, 1)
    prices = (Price(valid_from=start, fee=Decimal("2400.00")),)
    yearly = Billing(every_months=12, anchor=start)
    agreed = terms(Position(position_id="A", first_day=start, prices=prices), start=start, billing=yearly)
    (document,) = run(start, agreed).documents
    assert [(str(line.vat_rate), str(line.net)) for line in document.lines] == [("7.7", "600.00"), ("8.1", "1800.00")]
    assert document.totals.vat == {Decimal("7.7"): Decimal("46.20"), Decimal("8.1"): Decimal("145.80")}
    assert document.totals.total == Decimal("2592.00")


def item(item_id: str, kind: str, quantity: str) -> WorkItem:
    told = {"item_id": item_id, "kind": kind, "quantity": quantity, "service_date": date(2026, 4, 15)}
    return WorkItem.model_validate(told)


WORK = WorkNoted(report_id="r", items=(item("1", "service", "2.75"), item("2", "km", "38"), item("3", "part", "1")))
ORDER = OrderNoted(order_id="9", order_kind="maintenance", debtor_id="K1", object_id="A")
DONE = CompletionNoted(closed_on=date(2026, 4, 15), report_ids=("r",))
CLAIM = ClaimWork(
    claimed_on=date(2026, 4, 15),
    rule="at_once",
    currency="CHF",
    unit_prices={"1": Decimal("145.00"), "2": Decimal("1.20"), "3": Decimal("86.40")},
    vat=VAT,
    payable_step=STEP,
)


def billed(coverage: Coverage) -> WorkClaimed:
    (event,) = of_order(ORDER, WORK, CoverageNoted(coverage=coverage), DONE).when(CLAIM)
    assert isinstance(event, WorkClaimed)
    return event


def test_r4_a_subscription_bills_nothing_before_its_work() -> None:
    agreed = terms(position("A", date(2026, 1, 1)), kind="subscription")
    assert given().when(Bill(run_date=date(2026, 7, 1), terms=agreed, vat=VAT, payable_step=STEP)) == []


def test_r4_the_work_of_a_subscription_comes_to_573_75() -> None:
    foot = billed(Coverage()).totals
    assert [str(line.net) for line in billed(Coverage()).lines] == ["398.75", "45.60", "86.40"]
    assert (foot.net, foot.vat, foot.total, foot.payable) == (
        Decimal("530.75"),
        {Decimal("8.1"): Decimal("42.99")},
        Decimal("573.74"),
        Decimal("573.75"),
    )


def test_r4_what_is_cancelled_or_declined_bills_nothing() -> None:
    gone = CancellationNoted(closed_on=date(2026, 4, 15), reason="declined")
    (event,) = of_order(ORDER, CoverageNoted(coverage=Coverage()), gone).when(CLAIM)
    assert isinstance(event, NothingToBill)


def test_r8_a_run_that_comes_again_bills_once_and_a_void_repeats_the_original_amounts() -> None:
    agreed = terms(position("B", date(2026, 4, 15)))
    first = run(date(2026, 4, 15), agreed)
    (document,) = first.documents
    again = Bill(run_date=date(2026, 4, 15), terms=agreed, vat=VAT, payable_step=STEP)
    assert given(first).when(again) == []
    (voided,) = given(first).when(VoidFees(document_id=document.document_id, recorded=date(2026, 4, 16)))
    (second,) = run(date(2026, 4, 16), agreed, first, voided).documents
    assert second.totals == document.totals
    assert second.document_id != document.document_id


def test_r8_missed_runs_are_caught_up_oldest_first_a_line_a_period() -> None:
    (document,) = run(date(2027, 1, 1), terms(position("A", date(2026, 1, 1)))).documents
    starts = [line.period.first_day for line in document.lines]
    assert starts == [date(2026, 1, 1), date(2026, 7, 1), date(2027, 1, 1)]


def test_r8_after_a_termination_no_period_is_billed_that_starts_later() -> None:
    agreed = terms(position("A", date(2026, 1, 1)), end=date(2026, 8, 31))
    (document,) = run(date(2027, 7, 1), agreed).documents
    assert [str(line.net) for line in document.lines] == ["600.00", "202.17"]


def test_r9_a_covered_visit_shows_labour_and_travel_at_0_00_and_bills_half_of_the_parts() -> None:
    shares = {"labour": Decimal(1), "travel": Decimal(1), "parts": Decimal("0.5")}
    bill = billed(Coverage.model_validate({"contract_id": "C-1", "visit": 1, "visits": 2, "shares": shares}))
    assert [(str(line.list_amount), str(line.net)) for line in bill.lines] == [
        ("398.75", "0.00"),
        ("45.60", "0.00"),
        ("86.40", "43.20"),
    ]
    assert (bill.totals.vat, bill.totals.payable) == ({Decimal("8.1"): Decimal("3.50")}, Decimal("46.70"))
