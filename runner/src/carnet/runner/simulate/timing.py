"""Dates of a cycle (R6), and deadlines over a service calendar (R7)."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from carnet.contracts.domain.cycles import occurrence, occurrence_at
from carnet.contracts.domain.deadlines import deadline
from carnet.contracts.domain.service_calendar import ServiceCalendar, Span, Zone
from carnet.contracts.domain.wall_clock import instant, local_text
from carnet.runner.simulate.given import Given, Story

UNITS = {"h": "hours", "m": "minutes"}


def duration(text: Any) -> timedelta:
    """Read `4h` or `90m`."""
    if isinstance(text, str) and text[:-1].isdigit() and text[-1] in UNITS and int(text[:-1]):
        return timedelta(**{UNITS[text[-1]]: int(text[:-1])})
    raise ValueError("say how long as 4h or 90m")


Duration = Annotated[timedelta, BeforeValidator(duration)]


class Cycles(Story):
    """`count` dates from the anchor on; instants where the wall-clock time `at` is given."""

    anchor: date
    every_months: int = Field(ge=1)
    count: int = Field(ge=0)
    zone: Zone = "Europe/Zurich"
    at: time | None = None


class Pause(Given):
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")


class ReactionTime(Story):
    """Local times of the calendar's zone."""

    calendar: ServiceCalendar
    reported: datetime
    within: Duration
    escalate_before: Duration | None = None
    pauses: tuple[Pause, ...] = ()

    @model_validator(mode="after")
    def escalates_in_time(self) -> Self:
        if self.escalate_before is not None and self.escalate_before >= self.within:
            raise ValueError("escalate_before is shorter than within")
        return self


def dates(told: Cycles, _explain: bool) -> list[str]:
    """Give occurrence k for k = 0, 1, …: dates, or UTC instants."""
    every = range(told.count)
    if told.at is None:
        return [str(occurrence(told.anchor, told.every_months, k)) for k in every]
    return [f"{occurrence_at(told.anchor, told.every_months, k, told.at, told.zone):%Y-%m-%dT%H:%MZ}" for k in every]


def deadlines(told: ReactionTime, _explain: bool) -> dict[str, str]:
    """Give when the reaction is due, and when to escalate where that is asked, in local time."""
    due = {"due": reached(told, told.within)}
    if told.escalate_before is not None:
        due["escalate"] = reached(told, told.within - told.escalate_before)
    return due


def reached(told: ReactionTime, within: timedelta) -> str:
    zone = told.calendar.zone
    pauses = [Span(on_the_wall(pause.start, zone), on_the_wall(pause.end, zone)) for pause in told.pauses]
    return local_text(deadline(told.calendar, on_the_wall(told.reported, zone), within, pauses), zone)


def on_the_wall(local: datetime, zone: str) -> datetime:
    return instant(local.date(), local.time(), zone)
