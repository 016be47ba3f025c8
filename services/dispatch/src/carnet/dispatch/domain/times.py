"""Spans of time, the weeks that they touch, and how a person says them."""

from calendar import month_name
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, model_validator

from carnet.kernel.sentence import Sentence

MONTHS = tuple(month_name)  # English, as the sentences are
MOMENT = timedelta(microseconds=1)
EARLIEST, LATEST = 1900, 2200


def in_our_days(day: date) -> date:
    """Refuse a slip of the pen, which no calendar can reckon with."""
    if EARLIEST <= day.year <= LATEST:
        return day
    raise ValueError(f"the year lies between {EARLIEST} and {LATEST}")


def utc(at: datetime) -> datetime:
    in_our_days(at.date())
    return at.astimezone(UTC)


Day = Annotated[date, AfterValidator(in_our_days)]
Instant = Annotated[AwareDatetime, AfterValidator(utc)]


class Span(BaseModel, frozen=True):
    """From an instant until just before another, in UTC."""

    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise ValueError("ends_at must be later than starts_at")
        return self

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def weeks(self) -> Iterator[str]:
        """Give the ISO weeks (UTC) that the span touches, such as 2026-W24; two spans that overlap share one."""
        monday = self.starts_at.date() - timedelta(days=self.starts_at.weekday())
        while monday <= (self.ends_at - MOMENT).date():
            yield f"{monday:%G-W%V}"
            monday += timedelta(days=7)

    def spoken(self, zone: str) -> str:
        """Say the span on the wall clock of `zone`: "from 8 to 26 June", "on 10 June from 08:00 to 10:00"."""
        start, end = (at.astimezone(ZoneInfo(zone)) for at in (self.starts_at, self.ends_at))
        if start.time() == end.time() == datetime.min.time():
            return spoken_days(start.date(), (end - MOMENT).date())
        if start.date() == end.date():
            day = spoken_day(start.date())
            return Sentence("on {day} from {start} to {end}", day=day, start=f"{start:%H:%M}", end=f"{end:%H:%M}")
        return Sentence("from {first} {start} to {last} {end}", **spoken_ends(start, end))


class SpokenDay(date):
    """A day that English says without its year, "8 June"; `{day:year}` says it: "8 June 2026"."""

    def __format__(self, form: str) -> str:
        return f"{self.day} {MONTHS[self.month]}" + (f" {self.year}" if form == "year" else "")


def spoken_day(day: date) -> SpokenDay:
    return SpokenDay(day.year, day.month, day.day)


def spoken_ends(start: datetime, end: datetime) -> dict[str, object]:
    clock = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    return {"first": spoken_day(start.date()), "last": spoken_day(end.date()), **clock}


def spoken_days(first: date, last: date) -> str:
    """Say whole days, both included: "on 8 June", "from 8 to 26 June", "from 29 June to 3 July"."""
    if first == last:
        return Sentence("on {day}", day=spoken_day(first))
    if (first.year, first.month) == (last.year, last.month):
        return Sentence("from {first} to {last}", first=first.day, last=spoken_day(last))
    if first.year == last.year:
        return Sentence("from {first} to {last}", first=spoken_day(first), last=spoken_day(last))
    return Sentence("from {first:year} to {last:year}", first=spoken_day(first), last=spoken_day(last))


def day_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Give the instant at which `first` begins and the one at which `last` is over, on the wall clock of `zone`."""
    midnight = time(tzinfo=ZoneInfo(zone))
    return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)
