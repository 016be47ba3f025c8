"""Changes to a contract as a person writes them down, each with the day from which it holds."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from carnet.contracts.api.bodies import Body, CoverageBody, CycleBody, Day, Fee, FeeBody, PositionBody, plan_of
from carnet.contracts.domain import amendments
from carnet.contracts.domain.terms import Id, Kind, Notice, Suspension, Version, VisitPrice
from carnet.kernel.decider import Rejected


class AddPosition(Body):
    change: Literal["add_position"]
    position: PositionBody

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:
        return amendments.AddPosition(position=self.position.position(kind, today))


class RemovePosition(Body):
    change: Literal["remove_position"]
    position_id: Id
    last_day: Day

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        return amendments.RemovePosition(position_id=self.position_id, last_day=self.last_day)


class Reprice(FeeBody):
    """Another fee, value or share, from a day on."""

    change: Literal["reprice"]
    position_id: Id
    valid_from: Day

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        if (price := self.price(self.valid_from)) is None:
            raise Rejected("Name the fee a year, or the value of the object and its share.")
        return amendments.Reprice(position_id=self.position_id, price=price)


class RepriceVisit(Body):
    change: Literal["reprice_visit"]
    position_id: Id
    amount: Fee
    valid_from: Day

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        price = VisitPrice(valid_from=self.valid_from, amount=self.amount)
        return amendments.RepriceVisit(position_id=self.position_id, visit_price=price)


class ChangeCoverage(Body):
    change: Literal["change_coverage"]
    valid_from: Day
    coverage: CoverageBody

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        return amendments.ChangeCoverage(coverage=self.coverage.coverage(self.valid_from))


class ChangeCycles(Body):
    """All cycles of a position from a day on; none ends its services."""

    change: Literal["change_cycles"]
    position_id: Id
    valid_from: Day
    cycles: tuple[CycleBody, ...]

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        plan = plan_of(self.cycles, kind, self.valid_from)
        return amendments.ChangeCycles(position_id=self.position_id, plan=plan)


class ChangeNotice(Body):
    """Another notice, or none (null), agreed from a day on."""

    change: Literal["change_notice"]
    valid_from: Day
    notice: Notice | None

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        return amendments.ChangeNotice(valid_from=self.valid_from, notice=self.notice)


class Suspend(Body):
    """No service falls due from the first to the last day (left out: until it is resumed)."""

    change: Literal["suspend"]
    first_day: Day
    last_day: Day | None = None

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        return amendments.Suspend(suspension=Suspension(first_day=self.first_day, last_day=self.last_day))


class Resume(Body):
    change: Literal["resume"]
    first_day: Day

    def to_domain(self, kind: Kind, today: date) -> amendments.Change:  # noqa: ARG002  # one shape for all changes
        return amendments.Resume(first_day=self.first_day)


ChangeBody: TypeAlias = Annotated[
    AddPosition
    | RemovePosition
    | Reprice
    | RepriceVisit
    | ChangeCoverage
    | ChangeCycles
    | ChangeNotice
    | Suspend
    | Resume,
    Field(discriminator="change"),
]


class Amendment(Body):
    """All changes or none. `recorded` is the day on which they became known, left out: the business day."""

    changes: tuple[ChangeBody, ...] = Field(min_length=1)
    recorded: Day | None = None

    def to_domain(self, version: Version, recorded: date) -> tuple[amendments.Change, ...]:
        """Give the changes; a position that names no first day is covered from the recorded day."""
        return tuple(change.to_domain(version.terms.kind, recorded) for change in self.changes)


class AmendmentToPreview(Amendment):
    """The same changes before anybody signs them, with their visits `until` a day (left out: the year's end)."""

    until: Day | None = None
