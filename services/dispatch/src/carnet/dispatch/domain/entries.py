"""What stands on an agenda: the visits to orders, and the times away."""

from collections.abc import Mapping
from typing import Literal

from carnet.dispatch.domain.times import Span

AbsenceKind = Literal["holidays", "military_service", "sick_leave", "training", "other"]
AWAY: Mapping[AbsenceKind, str] = {
    "holidays": "on holidays",
    "military_service": "on military service",
    "sick_leave": "on sick leave",
    "training": "in training",
    "other": "away",
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
