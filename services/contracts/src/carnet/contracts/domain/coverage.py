"""Whether the fee of a contract bears an order is decided once, and counts its visits of the contract year (R9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.contracts.domain.entitlement import Agreed, Verdict, judge, renumbered
from carnet.contracts.domain.terms import Id
from carnet.kernel.decider import Decider, Rejected


class CoverageDecided(BaseModel, frozen=True):
    """Frozen for the order; one that is not covered is billed in full. It is decided anew only where the order was
    cancelled, another one took its visit, and it is reopened.
    """

    type: Literal["coverage-decided.v1"] = "coverage-decided.v1"
    order_id: Id
    object_id: Id
    order_type: Id
    service_date: date
    contract_id: Id | None = None
    version: int | None = None
    verdict: Verdict


class VisitConsumed(BaseModel, frozen=True):
    type: Literal["visit-consumed.v1"] = "visit-consumed.v1"
    order_id: Id


class VisitReleased(BaseModel, frozen=True):
    type: Literal["visit-released.v1"] = "visit-released.v1"
    order_id: Id


class VisitReserved(BaseModel, frozen=True):
    """The order was reopened and holds its visit again."""

    type: Literal["visit-reserved.v1"] = "visit-reserved.v1"
    order_id: Id


class Decide(BaseModel, frozen=True):
    """`planned`: the order carries out a promised visit. `agreed` is None for an order without a contract."""

    order_id: Id
    object_id: Id
    order_type: Id
    service_date: date
    planned: bool
    agreed: Agreed | None


class Consume(BaseModel, frozen=True):
    """The order's work is done."""

    order_id: Id


class Release(BaseModel, frozen=True):
    """The order was cancelled."""

    order_id: Id


class Reopen(BaseModel, frozen=True):
    """The order, done or cancelled, is worked on again."""

    order_id: Id


Status: TypeAlias = Literal["reserved", "consumed", "released"]


@dataclass(frozen=True)
class Use:
    """One decided order, and whether its work was done."""

    decision: CoverageDecided
    status: Status = "reserved"

    @property
    def visit(self) -> int | None:
        """The number of its visit, if it uses one."""
        return self.decision.verdict.visit


@dataclass(frozen=True)
class Year:
    """One contract year; `agreed` is the m of the newest decision."""

    uses: Mapping[str, Use] = field(default_factory=dict)
    agreed: int = 0


Event: TypeAlias = CoverageDecided | VisitConsumed | VisitReleased | VisitReserved
Command: TypeAlias = Decide | Consume | Release | Reopen


class Counter(BaseModel, frozen=True):
    agreed: int
    reserved: int
    consumed: int


def counter(year: Year) -> Counter:
    """Visits agreed, reserved and consumed: 2/1/0, then 2/0/1 when the work is done."""
    statuses = [use.status for use in year.uses.values() if use.visit]
    return Counter(agreed=year.agreed, reserved=statuses.count("reserved"), consumed=statuses.count("consumed"))


def cover(command: Decide, year: Year) -> list[Event]:
    if command.order_id in year.uses:
        return []
    verdict = judge(command.order_type, command.agreed, _next_visit(year), planned=command.planned)
    return [_decided(command, verdict)]


def _next_visit(year: Year) -> int:
    """The lowest number that no order holds; a cancelled order gives its number back."""
    held = _held(year)
    return next(n for n in count(1) if n not in held)


def _held(year: Year) -> set[int | None]:
    return {use.visit for use in year.uses.values() if use.status != "released"}


def _decided(command: Decide, verdict: Verdict) -> CoverageDecided:
    return CoverageDecided(
        order_id=command.order_id,
        object_id=command.object_id,
        order_type=command.order_type,
        service_date=command.service_date,
        contract_id=command.agreed.contract_id if command.agreed else None,
        version=command.agreed.version if command.agreed else None,
        verdict=verdict,
    )


def consume(command: Consume, year: Year) -> list[Event]:
    use = _use(command.order_id, year)
    if use.visit is None or use.status == "consumed":
        return []
    if use.status == "released":
        raise Rejected("This order was cancelled and uses no visit: reopen it, or create a new order for the work.")
    return [VisitConsumed(order_id=command.order_id)]


def release(command: Release, year: Year) -> list[Event]:
    use = _use(command.order_id, year)
    if use.visit is None or use.status == "released":
        return []
    return [VisitReleased(order_id=command.order_id)]


def reopen(command: Reopen, year: Year) -> list[Event]:
    """The order takes its visit back; where another order has it by now, the next one that is left."""
    use = _use(command.order_id, year)
    if use.visit is None or use.status == "reserved":
        return []
    if use.status == "released" and use.visit in _held(year):
        verdict = renumbered(use.decision.verdict, _next_visit(year))
        return [use.decision.model_copy(update={"verdict": verdict})]
    return [VisitReserved(order_id=command.order_id)]


def _use(order_id: str, year: Year) -> Use:
    if order_id not in year.uses:
        raise Rejected("Decide the coverage of this order first.")
    return year.uses[order_id]


def decide(command: Command, year: Year) -> list[Event]:
    match command:
        case Decide():
            return cover(command, year)
        case Consume():
            return consume(command, year)
        case Release():
            return release(command, year)
        case Reopen():
            return reopen(command, year)
        case _:
            assert_never(command)


def evolve(year: Year, event: Event) -> Year:
    match event:
        case CoverageDecided(order_id=order_id, verdict=verdict):
            uses = {**year.uses, order_id: Use(event)}
            return Year(uses, year.agreed if verdict.visits is None else verdict.visits)
        case VisitConsumed(order_id=order_id):
            return _now(year, order_id, "consumed")
        case VisitReleased(order_id=order_id):
            return _now(year, order_id, "released")
        case VisitReserved(order_id=order_id):
            return _now(year, order_id, "reserved")
        case _:
            assert_never(event)


def _now(year: Year, order_id: str, status: Status) -> Year:
    return Year({**year.uses, order_id: replace(year.uses[order_id], status=status)}, year.agreed)


coverage = Decider[Command, Year, Event](initial=Year(), decide=decide, evolve=evolve)
