"""Months are closed in their order; what is posted into a closed one goes to the next open one."""

from datetime import date

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.closing import (
    CloseMonth,
    Command,
    MonthClosed,
    MonthReopened,
    ReopenMonth,
    closing,
    posting_day,
)
from carnet.kernel.testing import Given, repeated_adds_nothing

given = Given(closing)
jan, feb, mar, today = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 3)


def close(month: date, on: date = today) -> CloseMonth:
    return CloseMonth(month=month, closed_on=on)


def reopen(month: date) -> ReopenMonth:
    return ReopenMonth(month=month, reopened_on=today)


closed = [MonthClosed(month=month, closed_on=today) for month in (jan, feb)]


def test_months_are_closed_in_order_and_once() -> None:
    assert given().when(close(date(2026, 1, 31))) == closed[:1]
    assert given(*closed[:1]).when(close(jan)) == []
    assert given(*closed[:1]).when(close(feb)) == closed[1:]
    given(*closed[:1]).refuses(close(mar), because="Close 2026-02 first")


def test_a_month_is_closed_after_its_last_day() -> None:
    given().refuses(close(jan, date(2026, 1, 31)), because="Close 2026-01 after its last day, 2026-01-31")
    assert len(given().when(close(jan, date(2026, 2, 1)))) == 1


def test_only_the_newest_closed_month_can_be_reopened() -> None:
    given(*closed).refuses(reopen(jan), because="Reopen 2026-02 first")
    (event,) = given(*closed).when(reopen(feb))
    assert event == MonthReopened(month=feb, reopened_on=today)
    assert given(*closed, event).when(reopen(feb)) == []
    assert given(*closed, event).when(close(feb)) == closed[1:]
    (again,) = given(*closed, event).when(reopen(jan))
    assert closing.fold([*closed, event, again]).newest is None


def test_months_are_reopened_one_by_one() -> None:
    march = MonthClosed(month=mar, closed_on=today), MonthReopened(month=mar, reopened_on=today)
    assert closing.fold([*closed, *march]).newest == feb


@pytest.mark.parametrize(
    ("day", "newest", "posted"),
    [
        (date(2026, 1, 31), None, date(2026, 1, 31)),
        (date(2026, 1, 31), feb, date(2026, 3, 1)),
        (date(2026, 2, 28), feb, date(2026, 3, 1)),
        (date(2026, 3, 1), feb, date(2026, 3, 1)),
        (date(2026, 3, 15), feb, date(2026, 3, 15)),
        (date(2025, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_posting_date_in_a_closed_month_goes_to_the_next_open_one(
    day: date, newest: date | None, posted: date
) -> None:
    assert posting_day(day, newest) == posted


commands: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([jan, feb, mar]).map(close), st.sampled_from([jan, feb, mar]).map(reopen)
)


@for_all(st.lists(commands))
def test_any_command_repeated_adds_nothing(told: list[Command]) -> None:
    repeated_adds_nothing(closing, told)
