"""Spans say themselves on the wall clock, and those that overlap meet in a week."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.dispatch.domain.times import Span

ZURICH = "Europe/Zurich"


def span(start: str, end: str) -> Span:
    return Span(starts_at=datetime.fromisoformat(start), ends_at=datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-06-08T00:00+02:00", "2026-06-27T00:00+02:00", "from 8 to 26 June"),
        ("2026-06-29T00:00+02:00", "2026-07-11T00:00+02:00", "from 29 June to 10 July"),
        ("2026-12-24T00:00+01:00", "2027-01-04T00:00+01:00", "from 24 December 2026 to 3 January 2027"),
        ("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "on 29 March"),
        ("2026-06-10T06:00Z", "2026-06-10T08:30Z", "on 10 June from 08:00 to 10:30"),
        ("2026-06-10T20:00Z", "2026-06-11T02:00Z", "from 10 June 22:00 to 11 June 04:00"),
    ],
)
def test_a_span_is_said_on_the_wall_clock(start: str, end: str, words: str) -> None:
    assert span(start, end).spoken(ZURICH) == words


def test_a_span_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="ends_at must be later"):
        span("2026-06-10T08:00Z", "2026-06-10T08:00Z")


def test_military_service_touches_three_weeks() -> None:
    away = span("2026-06-08T00:00+02:00", "2026-06-27T00:00+02:00")
    assert list(away.weeks()) == ["2026-W23", "2026-W24", "2026-W25", "2026-W26"]  # 7 June 22:00 UTC is a Sunday


def test_a_span_that_ends_at_the_turn_of_the_week_is_not_in_the_next() -> None:
    assert list(span("2026-06-14T20:00Z", "2026-06-15T00:00Z").weeks()) == ["2026-W24"]


def test_touching_spans_do_not_overlap() -> None:
    assert not span("2026-06-10T06:00Z", "2026-06-10T08:00Z").overlaps(span("2026-06-10T08:00Z", "2026-06-10T09:00Z"))


minutes = st.integers(0, 60 * 24 * 21)
spans = st.tuples(minutes, st.integers(1, 60 * 24 * 10)).map(
    lambda numbers: Span(
        starts_at=datetime(2026, 12, 20, tzinfo=UTC) + timedelta(minutes=numbers[0]),
        ends_at=datetime(2026, 12, 20, tzinfo=UTC) + timedelta(minutes=sum(numbers)),
    )
)


@given(spans, spans)
def test_spans_that_overlap_share_a_week(one: Span, other: Span) -> None:
    assert not one.overlaps(other) or set(one.weeks()) & set(other.weeks())
