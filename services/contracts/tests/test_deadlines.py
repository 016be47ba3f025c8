from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from carnet.contracts.domain.deadlines import deadline, time_run
from carnet.contracts.domain.service_calendar import ServiceCalendar, Span
from carnet.contracts.domain.wall_clock import instant_of_minute, local_text

ZURICH = ZoneInfo("Europe/Zurich")
SPLIT_DAY = ServiceCalendar(
    zone="Europe/Zurich",
    hours={"mon": ("07:30-12:00", "13:00-17:30"), "sat": ("00:00-24:00",), "sun": ("00:00-02:30", "03:00-24:00")},
)
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


def due(calendar: ServiceCalendar, reported: str, within: timedelta, *pauses: Span) -> str:
    return local_text(deadline(calendar, local(reported), within, pauses), "Europe/Zurich")


def test_r7_over_easter_four_hours_end_on_tuesday(office: ServiceCalendar) -> None:
    assert due(office, "2026-04-02T16:45", 4 * HOUR) == "2026-04-07T10:45"
    assert due(office, "2026-04-02T16:45", 3 * HOUR) == "2026-04-07T09:45"


def test_only_opening_time_was_used_when_the_technician_arrives(office: ServiceCalendar) -> None:
    used = time_run(office, local("2026-04-02T16:45"), local("2026-04-07T08:20"))
    assert used == timedelta(minutes=95)


def test_r7_a_fault_on_a_sunday_starts_at_the_next_opening(office: ServiceCalendar) -> None:
    assert due(office, "2026-05-03T10:00", timedelta(minutes=90)) == "2026-05-04T09:00"


def test_r7_a_pause_stops_the_clock(office: ServiceCalendar) -> None:
    pause = Span(local("2026-05-04T15:00"), local("2026-05-04T17:00"))
    assert due(office, "2026-05-04T14:00", 4 * HOUR, pause) == "2026-05-05T10:00"


def test_a_pause_outside_opening_hours_changes_nothing(office: ServiceCalendar) -> None:
    lunch = Span(local("2026-05-04T12:00"), local("2026-05-04T13:00"))
    assert due(office, "2026-05-04T11:00", 2 * HOUR, lunch) == "2026-05-04T14:00"


def test_overlapping_pauses_count_once(office: ServiceCalendar) -> None:
    one = Span(local("2026-05-04T14:00"), local("2026-05-04T15:00"))
    other = Span(local("2026-05-04T14:30"), local("2026-05-04T15:30"))
    assert due(office, "2026-05-04T13:30", HOUR, other, one) == "2026-05-04T16:00"


def test_time_that_ends_exactly_at_closing_is_due_at_closing(office: ServiceCalendar) -> None:
    assert due(office, "2026-05-04T16:30", HOUR) == "2026-05-04T17:30"
    assert due(office, "2026-05-04T11:00", HOUR) == "2026-05-04T12:00"


def test_a_fault_exactly_at_closing_starts_at_the_next_opening(office: ServiceCalendar) -> None:
    assert due(office, "2026-05-04T17:30", HOUR) == "2026-05-05T08:30"


def test_r7_a_person_trapped_waits_one_real_hour_through_the_clock_change(
    round_the_clock: ServiceCalendar,
) -> None:
    assert due(round_the_clock, "2026-03-29T01:30", HOUR) == "2026-03-29T03:30"
    assert due(round_the_clock, "2026-10-25T01:30", HOUR) == "2026-10-25T02:30+02:00"
    assert due(round_the_clock, "2026-10-25T01:30", 2 * HOUR) == "2026-10-25T02:30+01:00"


def test_windows_pushed_together_by_the_clock_change_count_once() -> None:
    # 02:00-02:30 does not exist on 29 March: the first window ends at 03:30, inside the second
    assert due(SPLIT_DAY, "2026-03-29T01:00", 3 * HOUR) == "2026-03-29T05:00"


def test_a_report_with_a_zone_counts_real_minutes(round_the_clock: ServiceCalendar) -> None:
    reported = datetime(2026, 3, 29, 1, 30, tzinfo=ZURICH)
    assert deadline(round_the_clock, reported, HOUR) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_24_00_is_the_next_midnight() -> None:
    assert instant_of_minute(date(2026, 3, 29), 1440, "Europe/Zurich") == local("2026-03-30T00:00")


@pytest.mark.parametrize(
    ("hours", "because"),
    [
        ({}, "at least one window"),
        ({"mon": []}, "at least one window"),
        ({"mon": ["12:00-08:00"]}, "ends after it begins"),
        ({"mon": ["08:00-12:00", "11:00-13:00"]}, "without overlapping"),
        ({"mon": ["8-12"]}, "pattern"),
        ({"monday": ["08:00-12:00"]}, "mon"),
    ],
)
def test_senseless_opening_hours_are_refused(hours: dict[str, list[str]], because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        ServiceCalendar.model_validate({"zone": "Europe/Zurich", "hours": hours})


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="not the name of a time zone"):
        ServiceCalendar.model_validate({"zone": "Europe/Bern", "hours": {"mon": ["08:00-12:00"]}})


reports = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
spans = st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes))


@given(reports, spans, spans)
def test_more_time_is_never_due_earlier(reported: datetime, within: timedelta, more: timedelta) -> None:
    first, later = (deadline(SPLIT_DAY, reported, time) for time in (within, within + more))
    assert reported < first < later


@given(reports, spans, st.lists(st.tuples(spans, spans), max_size=3))
def test_exactly_the_agreed_time_has_run_when_it_is_due(
    reported: datetime, within: timedelta, pauses: list[tuple[timedelta, timedelta]]
) -> None:
    away = [Span(reported + start, reported + start + length) for start, length in pauses]
    due_at = deadline(SPLIT_DAY, reported, within, away)
    assert time_run(SPLIT_DAY, reported, due_at, away) == within
    assert due_at >= deadline(SPLIT_DAY, reported, within)
