"""The numbers of the rules, one by one: rounding, VAT on the sum, periods, deferral (R1, R3, R6, R10, R12)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.deferral import BilledAhead, Credited, standing
from carnet.invoicing.domain.money import to_cent, to_step, totals
from carnet.invoicing.domain.periods import Billing, month_share, months_after, period, periods_due
from carnet.invoicing.domain.vat import VatRate, rate_on, stretches
from carnet.kernel.decider import Rejected

FIVE = Decimal("0.05")
STANDARD = Decimal("8.1")


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(60000 * 77, 181 * 100), "255.25"),
        (Fraction(60000 * 77, 182 * 100), "253.85"),
        (Fraction(60000 * 122, 184 * 100), "397.83"),
        (Fraction(5, 1000), "0.01"),
        (Fraction(-5, 1000), "-0.01"),
        (Decimal("8.505"), "8.51"),
        (Decimal("36.375"), "36.38"),
    ],
)
def test_an_amount_is_rounded_half_up_once(exact: Fraction | Decimal, rounded: str) -> None:
    assert to_cent(exact) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "payable"),
    [("275.93", "275.95"), ("573.74", "573.75"), ("0.025", "0.05"), ("-0.025", "-0.05"), ("172.02", "172.00")],
)
def test_a_total_is_rounded_to_the_step_away_from_zero(amount: str, payable: str) -> None:
    assert to_step(Decimal(amount), FIVE) == Decimal(payable)


@pytest.mark.parametrize(
    ("nets", "vat", "payable"),
    [
        (["41.30"] * 3, "10.04", "133.95"),
        (["105.00"], "8.51", "113.50"),
        (["412.50", "186.35", "97.20"], "56.38", "752.45"),
        (["398.75", "45.60", "86.40"], "42.99", "573.75"),
        (["43.20"], "3.50", "46.70"),
        (["397.83"], "32.22", "430.05"),
        (["159.13"], "12.89", "172.00"),
    ],
)
def test_tax_is_taken_on_the_sum(nets: list[str], vat: str, payable: str) -> None:
    foot = totals(((STANDARD, Decimal(net)) for net in nets), FIVE)
    assert (foot.vat[STANDARD], foot.payable) == (Decimal(vat), Decimal(payable))


def test_three_single_invoices_come_to_less_than_a_collective_one() -> None:
    singles = [totals([(STANDARD, Decimal(net))], FIVE).payable for net in ("412.50", "186.35", "97.20")]
    assert sum(singles) == Decimal("752.40")


def test_periods_are_counted_from_the_anchor() -> None:
    quarters = [str(months_after(date(2026, 8, 31), 3 * k)) for k in range(7)]
    assert quarters == [
        "2026-08-31", "2026-11-30", "2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30", "2028-02-29",
    ]  # fmt: skip


def test_a_period_in_advance_is_reached_on_its_first_day() -> None:
    cycle = Billing(every_months=6, anchor=date(2026, 1, 1))
    assert [p.first_day for p in periods_due(cycle, date(2026, 7, 1))] == [date(2026, 1, 1), date(2026, 7, 1)]
    assert len(list(periods_due(cycle, date(2026, 6, 30)))) == 1


@for_all(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 24), st.integers(0, 50))
def test_periods_follow_each_other_without_a_gap(anchor: date, months: int, k: int) -> None:
    cycle = Billing(every_months=months, anchor=anchor)
    assert (period(cycle, k + 1).first_day - period(cycle, k).last_day).days == 1


def test_a_day_is_a_part_of_its_own_month() -> None:
    assert month_share(date(2026, 1, 31), date(2026, 3, 1)) == Fraction(2, 31) + 1


def test_a_rate_follows_the_day_of_the_service() -> None:
    table = [
        VatRate(valid_from=date(2024, 1, 1), rate=STANDARD),
        VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
        VatRate(valid_from=date(2025, 1, 1), rate=STANDARD),
    ]
    assert rate_on(table, date(2023, 12, 31)).rate == Decimal("7.7")
    assert [s.since for s in stretches(table, date(2017, 1, 1), date(2026, 1, 1))] == [
        date(2018, 1, 1), date(2024, 1, 1),
    ]  # fmt: skip
    with pytest.raises(Rejected, match="VAT rate that holds on 2017-12-31"):
        rate_on(table, date(2017, 12, 31))
    with pytest.raises(Rejected, match="for the tax code standard"):
        rate_on([], date(2026, 1, 1))


@pytest.mark.parametrize(
    ("first_day", "last_day", "rates"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), ["8.1"]),
        (date(2020, 1, 1), date(2020, 6, 30), ["7.7"]),
        (date(2023, 12, 31), date(2024, 1, 1), ["7.7", "8.1"]),
        (date(2017, 1, 1), date(2017, 12, 31), []),
    ],
)
def test_r3_days_are_cut_into_the_rates_that_hold_on_them_and_no_others(
    first_day: date, last_day: date, rates: list[str]
) -> None:
    table = [
        VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
        VatRate(valid_from=date(2024, 1, 1), rate=STANDARD),
    ]
    found = stretches(table, first_day, last_day)
    assert [str(each.rate) for each in found] == rates
    assert [each.first_day for each in found[:1]] == [first_day][: len(rates)]


LICENCE = BilledAhead(first_day=date(2026, 4, 1), last_day=date(2027, 3, 31), net=Decimal("540.00"))


@pytest.mark.parametrize(
    ("until", "earned", "deferred"),
    [
        (date(2026, 3, 31), "0.00", "540.00"),
        (date(2026, 12, 31), "406.85", "133.15"),
        (date(2027, 3, 31), "540.00", "0.00"),
        (date(2028, 1, 31), "540.00", "0.00"),
    ],
)
def test_a_licence_is_earned_by_days(until: date, earned: str, deferred: str) -> None:
    at = standing(LICENCE, until)
    assert (at.earned, at.deferred) == (Decimal(earned), Decimal(deferred))


def test_r12_a_fee_of_one_day_is_earned_on_that_day() -> None:
    one_day = BilledAhead(first_day=date(2026, 4, 1), last_day=date(2026, 4, 1), net=Decimal("5.00"))
    assert standing(one_day, date(2026, 3, 31)).earned == Decimal("0.00")
    assert standing(one_day, date(2026, 4, 1)).earned == Decimal("5.00")


GARAGE = BilledAhead(first_day=date(2026, 7, 1), last_day=date(2026, 12, 31), net=Decimal("240.00"))
END = date(2026, 8, 31)


@pytest.mark.parametrize("issued_on", [date(2026, 8, 21), date(2026, 9, 1), date(2026, 10, 1)])
def test_a_credit_takes_what_was_not_yet_earned(issued_on: date) -> None:
    gone = [Credited(credited_on=issued_on, net=Decimal("159.13"), covered_until=END)]
    at = standing(GARAGE, date(2026, 12, 31), gone)
    assert (at.earned, at.deferred) == (Decimal("80.87"), Decimal("0.00"))
    assert standing(GARAGE, max(issued_on, END), gone).deferred == Decimal("0.00")


several_credits = st.lists(
    st.builds(
        Credited,
        credited_on=st.dates(date(2026, 3, 1), date(2027, 6, 1)),
        net=st.integers(1, 15000).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=3,
)


@for_all(several_credits, st.dates(date(2026, 3, 1), date(2027, 6, 1)))
def test_earned_and_deferred_are_the_net_less_the_credits(gone: list[Credited], until: date) -> None:
    at = standing(LICENCE, until, gone)
    assert at.earned + at.deferred == Decimal("540.00") - sum(c.net for c in gone if c.credited_on <= until)
    assert at.deferred >= 0
