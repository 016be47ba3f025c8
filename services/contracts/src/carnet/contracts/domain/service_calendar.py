"""The service is open in its windows of each weekday and closed on public holidays (R7)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, StringConstraints, field_serializer

from carnet.contracts.domain.wall_clock import instant_of_minute

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = get_args(Weekday)


class Span(NamedTuple):
    """A half-open stretch of time between two UTC instants."""

    start: datetime
    end: datetime


def minutes(window: str) -> tuple[int, int]:
    """First and last minute of the day of a window "HH:MM-HH:MM"."""
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in window.split("-"))
    return first, last


def _forwards(window: str) -> str:
    first, last = minutes(window)
    if first >= last:
        raise ValueError("a window of opening hours ends after it begins")
    return window


def apart(hours: Mapping[Weekday, tuple[str, ...]]) -> Mapping[Weekday, tuple[str, ...]]:
    """Raise ValueError where the service never opens, or where windows of a day overlap."""
    if not any(hours.values()):
        raise ValueError("a service calendar needs at least one window of opening hours")
    for windows in hours.values():
        if any(minutes(one)[1] > minutes(next_one)[0] for one, next_one in pairwise(windows)):
            raise ValueError("the windows of a day follow each other without overlapping")
    return hours


def _known(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:  # OSError: a folder of zones, as Europe
        raise ValueError(f"{zone!r} is not the name of a time zone") from unknown


Window = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"),
    AfterValidator(_forwards),
]


Zone = Annotated[str, AfterValidator(_known)]
Hours = Annotated[Mapping[Weekday, tuple[Window, ...]], AfterValidator(apart)]


class ServiceCalendar(BaseModel, frozen=True):
    """Opening hours by weekday in a zone; `holidays` are closed all day."""

    zone: Zone
    hours: Hours
    holidays: frozenset[date] = frozenset()

    @field_serializer("holidays")
    def in_order(self, holidays: frozenset[date]) -> list[date]:
        """Write the days in one order: the same calendar is the same bytes in every process."""
        return sorted(holidays)


def windows(calendar: ServiceCalendar, day: date) -> Iterator[Span]:
    """The opening hours of one local day as spans of UTC instants."""
    if day not in calendar.holidays:
        for window in calendar.hours.get(WEEK[day.weekday()], ()):
            first, last = minutes(window)
            yield Span(instant_of_minute(day, first, calendar.zone), instant_of_minute(day, last, calendar.zone))
