from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from carnet.contracts.domain.cycles import add_months, contract_year, occurrence, occurrence_at
from carnet.contracts.domain.wall_clock import instant, local_text

ZURICH = "Europe/Zurich"


def test_r6_quarterly_from_31_august_is_clamped_from_the_anchor() -> None:
    assert [occurrence(date(2026, 8, 31), 3, k) for k in range(7)] == [
        date(2026, 8, 31),
        date(2026, 11, 30),
        date(2027, 2, 28),
        date(2027, 5, 31),
        date(2027, 8, 31),
        date(2027, 11, 30),
        date(2028, 2, 29),
    ]


def test_r6_yearly_from_29_february_returns_to_the_29th() -> None:
    assert [occurrence(date(2024, 2, 29), 12, k).isoformat() for k in range(5)] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_r6_eight_in_zurich_is_another_instant_after_the_clock_change() -> None:
    assert instant(date(2026, 3, 23), time(8), ZURICH) == datetime(2026, 3, 23, 7, tzinfo=UTC)
    assert instant(date(2026, 3, 30), time(8), ZURICH) == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_monthly_at_eight_follows_the_wall_clock() -> None:
    at_eight = [occurrence_at(date(2026, 2, 23), 1, k, time(8), ZURICH).hour for k in range(3)]
    assert at_eight == [7, 7, 6]


def test_a_time_that_does_not_exist_takes_the_offset_before_the_change() -> None:
    assert instant(date(2026, 3, 29), time(2, 30), ZURICH) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_occurs_twice_is_the_first() -> None:
    assert instant(date(2026, 10, 25), time(2, 30), ZURICH) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_only_a_local_time_that_occurs_twice_shows_its_offset() -> None:
    assert local_text(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ZURICH) == "2026-10-25T02:30+02:00"
    assert local_text(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ZURICH) == "2026-10-25T02:30+01:00"
    assert local_text(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), ZURICH) == "2026-10-25T03:30"
    assert local_text(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), ZURICH) == "2026-03-29T03:30"


def test_the_contract_year_runs_from_the_start_to_its_anniversary() -> None:
    start = date(2026, 4, 1)
    assert contract_year(start, date(2027, 3, 31)) == start
    assert contract_year(start, date(2027, 4, 1)) == date(2027, 4, 1)
    assert contract_year(date(2024, 2, 29), date(2025, 2, 28)) == date(2025, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60), st.integers(0, 120))
def test_an_occurrence_lies_in_its_month_and_never_past_the_anchors_day(anchor: date, every: int, k: int) -> None:
    day = occurrence(anchor, every, k)
    assert (day.year * 12 + day.month) - (anchor.year * 12 + anchor.month) == every * k
    assert day.day <= anchor.day
    assert day.day == anchor.day or add_months(day, 0).day >= 28


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_each_day_lies_in_its_contract_year(start: date, day: date) -> None:
    first = contract_year(start, day)
    assert first <= day
    assert contract_year(start, first) == first
