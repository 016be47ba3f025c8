"""Before the customer signs an amendment, the new terms and the visits that come and go are shown (B6)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from carnet.contracts.domain.amendments import Change, amended
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.timetable import Closed
from carnet.contracts.domain.visits import Visit, promised


class Work(BaseModel, frozen=True):
    """What visits take: persons x standard duration, and how many of the visits have none."""

    visits: int
    person_minutes: int
    without_duration: int

    @property
    def hours(self) -> Decimal:
        return Decimal(self.person_minutes) / 60


class Preview(BaseModel, frozen=True):
    """The version that would come, with the visits that it adds and drops, and the work to come of all its visits,
    before and after.
    """

    version: Version
    added: tuple[Visit, ...]
    dropped: tuple[Visit, ...]
    before: Work
    after: Work


def preview(
    version: Version, changes: Sequence[Change], recorded: date, until: date, closed: Closed | None = None
) -> Preview:
    """What the same changes would give when signed on `recorded`, for visits due from then to `until`."""
    after = amended(version, changes, recorded)
    old, new = (promised(each, recorded, until, closed) for each in (version, after))
    return Preview(
        version=after, added=_missing(new, old), dropped=_missing(old, new), before=work(old), after=work(new)
    )


def work(visits: Sequence[Visit]) -> Work:
    timed = [visit.persons * visit.minutes for visit in visits if visit.minutes is not None]
    return Work(visits=len(visits), person_minutes=sum(timed), without_duration=len(visits) - len(timed))


def _missing(visits: Sequence[Visit], among: Sequence[Visit]) -> tuple[Visit, ...]:
    known = {(visit.key, visit.due_on) for visit in among}
    return tuple(visit for visit in visits if (visit.key, visit.due_on) not in known)
