"""The words of scenarios of the kinds `cycles` and `deadline`: dates, and times on the wall."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from carnet.contracts.domain.service_calendar import ServiceCalendar, Weekday, Zone, apart, minutes
from carnet.runner.simulate.given import Given, Story
from carnet.runner.simulate.values import Clock, Day, Duration, Moment, Windows

LAST_YEAR = 2999
WEEKS_OF_A_CENTURY = 5200


class Cycles(Story):
    """`count` dates from the anchor on; instants where the wall-clock time `at` is given."""

    anchor: Day
    every_months: int = Field(ge=1)
    count: int = Field(ge=0)
    zone: Zone = "Europe/Zurich"
    at: Clock | None = None

    @model_validator(mode="after")
    def ends_in_time(self) -> Self:
        if self.anchor.year + self.count * self.every_months // 12 > LAST_YEAR:
            raise ValueError(f"take fewer occurrences: the last one would be after the year {LAST_YEAR}")
        return self


class Calendar(ServiceCalendar, frozen=True, extra="forbid"):
    """A service calendar as a file may tell it."""

    hours: Annotated[Mapping[Weekday, Windows], AfterValidator(apart)]
    holidays: frozenset[Day] = frozenset()


class Pause(Given):
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")

    @model_validator(mode="after")
    def is_within_a_day(self) -> Self:
        """Half-open, and not over midnight."""
        midnight = datetime.combine(self.start.date() + timedelta(days=1), time())
        if not self.start < self.end <= midnight:
            raise ValueError("a pause ends after it begins, on the same day (24:00 at the latest)")
        return self


class ReactionTime(Story):
    """Local times of the calendar's zone."""

    calendar: Calendar
    reported: Moment
    within: Duration
    escalate_before: Duration | None = None
    pauses: tuple[Pause, ...] = ()

    @model_validator(mode="after")
    def is_due_within_a_century(self) -> Self:
        spans = [minutes(window) for windows in self.calendar.hours.values() for window in windows]
        a_week = sum(last - first for first, last in spans)
        if self.within > WEEKS_OF_A_CENTURY * timedelta(minutes=a_week):
            raise ValueError(f"take a shorter time: the service is open {a_week} minutes a week")
        return self

    @model_validator(mode="after")
    def escalates_in_time(self) -> Self:
        if self.escalate_before is not None and self.escalate_before >= self.within:
            raise ValueError("take an escalate_before that is shorter than within")
        return self
