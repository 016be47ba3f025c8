"""A fee billed in advance is earned day by day; a credit first takes what was not yet earned (R12)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from pydantic import BaseModel

from carnet.invoicing.domain.money import NOTHING, to_cent
from carnet.invoicing.domain.periods import days


class BilledAhead(BaseModel, frozen=True):
    """A billed line: its net is earned over its days, both ends included."""

    first_day: date
    last_day: date
    net: Decimal


class Credited(BaseModel, frozen=True):
    """A credit of that line, by the day of its issue; `covered_until` where it ends the cover early."""

    credited_on: date
    net: Decimal
    covered_until: date | None = None


class Standing(BaseModel, frozen=True):
    """What is earned and what is still deferred at the end of a day; together the net less the credits."""

    earned: Decimal
    deferred: Decimal


@dataclass(frozen=True)
class _Course:
    """What is earned for good up to the day before `since`, and what is spread from there on."""

    earned: Decimal
    spread: Decimal
    since: date
    last_day: date

    def released(self, until: date) -> Decimal:
        if self.since > self.last_day:
            return self.spread
        elapsed = days(self.since, min(until, self.last_day))
        if elapsed <= 0:
            return NOTHING
        return to_cent(self.spread * elapsed / days(self.since, self.last_day))


def standing(line: BilledAhead, until: date, credited: Sequence[Credited] = ()) -> Standing:
    """Earned = round(net x days to `until` / days of the line); after a credit the rest is spread anew."""
    course = _Course(NOTHING, line.net, line.first_day, line.last_day)
    for credit in sorted(credited, key=lambda credit: credit.credited_on):
        if credit.credited_on <= until:
            course = _credited(course, credit)
    released = course.released(until)
    return Standing(earned=course.earned + released, deferred=course.spread - released)


def _credited(course: _Course, credit: Credited) -> _Course:
    """Close the course the day before the credit and take the credit from what is deferred, then from earned."""
    released = course.released(credit.credited_on - timedelta(days=1))
    deferred = course.spread - released
    taken = min(credit.net, deferred)
    return replace(
        course,
        earned=course.earned + released - (credit.net - taken),
        spread=deferred - taken,
        since=max(course.since, credit.credited_on),
        last_day=min(course.last_day, credit.covered_until or course.last_day),
    )
