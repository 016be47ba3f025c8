"""Fees are released month by month as they are earned (R12)."""

from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.deferral import BilledAhead, Credited
from carnet.invoicing.domain.release import BilledFee, FeeCredit, ReleaseRevenue, RevenueReleased, release
from carnet.kernel.testing import Given, repeated_adds_nothing

given = Given(release)
DECEMBER = date(2026, 12, 31)
YEAR = BilledAhead(first_day=date(2026, 4, 1), last_day=date(2027, 3, 31), net=Decimal("540.00"))


def run(until: date, *notes: FeeCredit, **more: Any) -> ReleaseRevenue:
    fee = BilledFee(line_id="A", kind="fee", billed=YEAR, credits=notes)
    told: dict[str, Any] = {
        "document_id": UUID(int=1), "number": "R2026-0001", "debtor_id": "K1", "currency": "CHF",
        "issued_on": date(2026, 4, 1), "fees": (fee,), "until": until,
    }  # fmt: skip
    return ReleaseRevenue(**told | more)


def months(events: list[RevenueReleased]) -> list[tuple[str, str]]:
    return [(str(event.until), str(event.fees[0].amount)) for event in events]


def credit(net: str, on: date, voided_on: date | None = None) -> FeeCredit:
    return FeeCredit(credit=Credited(credited_on=on, net=Decimal(net)), voided_on=voided_on)


def test_r12_406_85_by_december_133_15_deferred() -> None:
    events = given().when(run(DECEMBER))
    released = list(accumulate(Decimal(amount) for _, amount in months(events)))
    assert (len(events), released[-1], YEAR.net - released[-1]) == (9, Decimal("406.85"), Decimal("133.15"))
    assert months(events)[:2] == [("2026-04-30", "44.38"), ("2026-05-31", "45.87")]


def test_the_same_run_again_releases_nothing_and_an_earlier_one_neither() -> None:
    events = given().when(run(DECEMBER))
    assert given(*events).when(run(DECEMBER)) == []
    assert given(*events).when(run(date(2026, 10, 31))) == []


def test_a_later_run_goes_on_where_the_last_one_stopped() -> None:
    first = given().when(run(date(2026, 6, 30)))
    assert [*first, *given(*first).when(run(DECEMBER))] == given().when(run(DECEMBER))


def test_r12_a_credit_first_takes_what_was_not_yet_earned() -> None:
    first = given().when(run(date(2026, 9, 30)))
    events = given(*first).when(run(DECEMBER, credit("200.00", date(2026, 10, 1))))
    total = sum((Decimal(amount) for _, amount in months([*first, *events])), Decimal(0))
    # 270.74 earned in 183 days; 69.26 are left for 182 days
    assert total == Decimal("270.74") + Decimal("35.01")


def test_what_was_released_of_a_voided_invoice_is_taken_back() -> None:
    first = given().when(run(date(2026, 9, 30)))
    (event,) = given(*first).when(run(DECEMBER, voided_on=date(2026, 10, 5)))
    assert months([event]) == [("2026-10-31", "-270.74")]
    (same_month,) = given(*first).when(run(DECEMBER, voided_on=date(2026, 10, 31)))
    assert same_month == event


def test_a_credit_counts_until_it_is_voided() -> None:
    told = credit("270.00", date(2026, 4, 1), voided_on=date(2026, 6, 10))
    assert months(given().when(run(date(2026, 6, 30), told))) == [
        ("2026-04-30", "22.19"),
        ("2026-05-31", "22.93"),
        ("2026-06-30", "89.51"),  # 134.63 in all
    ]
    on_the_last_day = credit("270.00", date(2026, 4, 1), voided_on=date(2026, 6, 30))
    assert given().when(run(date(2026, 6, 30), on_the_last_day)) == given().when(run(date(2026, 6, 30), told))


@for_all(st.lists(st.dates(date(2026, 3, 1), date(2027, 8, 31)), max_size=6))
def test_whatever_runs_in_whatever_order_in_the_end_all_is_earned(days: list[date]) -> None:
    repeated_adds_nothing(release, [run(day) for day in days])
    history: list[RevenueReleased] = []
    for day in [*days, date(2027, 3, 31)]:
        history += given(*history).when(run(day))
    assert sum((Decimal(amount) for _, amount in months(history)), Decimal(0)) == YEAR.net


def test_an_event_reads_back_as_it_was_written() -> None:
    for event in given().when(run(DECEMBER)):
        assert RevenueReleased.model_validate_json(event.model_dump_json()) == event
