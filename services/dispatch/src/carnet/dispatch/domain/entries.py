"""What stands on an agenda: the visits to orders, and the times away."""

from collections.abc import Mapping
from typing import Literal

from carnet.dispatch.domain.times import Span
from carnet.kernel.sentence import Sentence

AbsenceKind = Literal["holidays", "military_service", "sick_leave", "training", "other"]
AWAY: Mapping[AbsenceKind, str] = {
    "holidays": Sentence("on holidays"),
    "military_service": Sentence("on military service"),
    "sick_leave": Sentence("on sick leave"),
    "training": Sentence("in training"),
    "other": Sentence("away"),
}


class Visit(Span, frozen=True):
    """When who goes to an order with what; whole on each agenda, so that a plan cut off half-way can be finished."""

    visit_id: str
    order_id: str
    technician_ids: tuple[str, ...]
    equipment_ids: tuple[str, ...] = ()

    def time(self) -> Span:
        return Span(starts_at=self.starts_at, ends_at=self.ends_at)

    def takes(self) -> tuple[str, ...]:
        """Give the ids of everyone and everything that the visit takes."""
        return self.technician_ids + self.equipment_ids


class Absence(Span, frozen=True):
    absence_id: str
    kind: AbsenceKind
