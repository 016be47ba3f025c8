"""Dates of a cycle (R6), and deadlines over a service calendar (R7)."""

from datetime import datetime, time, timedelta

from carnet.contracts.domain.cycles import occurrence, occurrence_at
from carnet.contracts.domain.deadlines import deadline
from carnet.contracts.domain.service_calendar import Span
from carnet.contracts.domain.wall_clock import instant, local_text
from carnet.runner.simulate.times import Cycles, ReactionTime


def dates(told: Cycles, _explain: bool) -> list[str]:
    """Give occurrence k for k = 0, 1, …: dates, or UTC instants."""
    every = range(told.count)
    if told.at is None:
        return [str(occurrence(told.anchor, told.every_months, k)) for k in every]
    at = time.fromisoformat(told.at)
    return [f"{occurrence_at(told.anchor, told.every_months, k, at, told.zone):%Y-%m-%dT%H:%MZ}" for k in every]


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
