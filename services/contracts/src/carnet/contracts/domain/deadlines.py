"""A reaction time runs only while the service is open: real minutes of its opening hours (R7)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from carnet.contracts.domain.service_calendar import ServiceCalendar, Span, windows
from carnet.contracts.domain.wall_clock import local_day


def opening(calendar: ServiceCalendar, since: datetime, pauses: Iterable[Span] = ()) -> Iterator[Span]:
    """All opening time from an instant on, in order and without end, less the pauses."""
    closed, cursor, today = sorted(pauses), since.astimezone(UTC), local_day(since, calendar.zone)
    for n in count():
        for window in windows(calendar, today + timedelta(days=n)):
            # a window that the clock change pushes over the next one is counted once
            yield from _without(Span(max(window.start, cursor), window.end), closed)
            cursor = max(cursor, window.end)


def _without(span: Span, closed: Iterable[Span]) -> Iterator[Span]:
    start = span.start
    for pause in closed:
        if start < min(pause.start, span.end):
            yield Span(start, min(pause.start, span.end))
        start = max(start, pause.end)
    if start < span.end:
        yield Span(start, span.end)


def deadline(calendar: ServiceCalendar, reported: datetime, within: timedelta, pauses: Iterable[Span] = ()) -> datetime:
    """The UTC instant at which so much opening time (more than none) has run since `reported` (R7)."""
    left = within
    for span in opening(calendar, reported, pauses):
        if left <= span.end - span.start:
            return span.start + left
        left -= span.end - span.start
    raise AssertionError("opening time never ends")


def time_run(calendar: ServiceCalendar, reported: datetime, until: datetime, pauses: Iterable[Span] = ()) -> timedelta:
    """The opening time that ran from `reported` to `until`, less the pauses (R7)."""
    run = timedelta()
    for span in opening(calendar, reported, pauses):
        if span.start >= until:
            break
        run += min(span.end, until) - span.start
    return run
