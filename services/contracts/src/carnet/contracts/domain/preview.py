"""Before the customer signs an amendment, the new terms and the visits that come and go are shown (B6)."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from carnet.contracts.domain.amendments import Change, amended
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.timetable import Closed
from carnet.contracts.domain.visits import Visit, promised


class Preview(BaseModel, frozen=True):
    """The version that would come, with the visits that it adds and drops; `Visit.persons` is the workload."""

    version: Version
    added: tuple[Visit, ...]
    dropped: tuple[Visit, ...]


def preview(
    version: Version, changes: Sequence[Change], recorded: date, until: date, closed: Closed | None = None
) -> Preview:
    """What the same changes would give when signed on `recorded`, for visits due from then to `until`."""
    after = amended(version, changes, recorded)
    old, new = (promised(each, recorded, until, closed) for each in (version, after))
    return Preview(version=after, added=_missing(new, old), dropped=_missing(old, new))


def _missing(visits: Sequence[Visit], among: Sequence[Visit]) -> tuple[Visit, ...]:
    known = {(visit.key, visit.due_on) for visit in among}
    return tuple(visit for visit in visits if (visit.key, visit.due_on) not in known)
