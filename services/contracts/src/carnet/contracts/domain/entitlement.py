"""The fee bears an order of a covered type, as long as a visit of the contract year is left (R9)."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.contracts.domain.terms import Coverage, Id, Shares

Reason: TypeAlias = Literal["covered", "no-contract", "nothing-covered", "order-type", "not-planned", "used-up"]


class Agreed(BaseModel, frozen=True):
    """What the contract says on the service date; `planned_visits` are those promised in the contract year."""

    contract_id: Id
    version: int
    coverage: Coverage | None
    planned_visits: int = Field(ge=0)


class Verdict(BaseModel, frozen=True):
    """Visit n (`visit`) of m (`visits`) where the order uses one, and what the contract bears of it.

    `all_planned`: m is what is planned, and no limit.
    """

    reason: Reason
    visit: int | None = None
    visits: int | None = None
    all_planned: bool = False
    shares: Shares = Shares()

    @property
    def covered(self) -> bool:
        return self.reason == "covered"


def judge(order_type: str, agreed: Agreed | None, visit: int, *, planned: bool) -> Verdict:
    """Whether the order may use this visit; `planned` orders carry out a promised visit."""
    if agreed is None:
        return Verdict(reason="no-contract")
    if agreed.coverage is None:
        return Verdict(reason="nothing-covered")
    refusal = _refusal(order_type, agreed.coverage, visit, planned=planned)
    return Verdict(reason=refusal) if refusal else _covered(agreed.coverage, visit, agreed.planned_visits)


def _refusal(order_type: str, coverage: Coverage, visit: int, *, planned: bool) -> Reason | None:
    if order_type not in coverage.order_types:
        return "order-type"
    if coverage.visits is not None:
        return "used-up" if visit > coverage.visits else None
    return "not-planned" if order_type == "maintenance" and not planned else None


def _covered(coverage: Coverage, visit: int, planned_visits: int) -> Verdict:
    all_planned = coverage.visits is None
    visits = planned_visits if coverage.visits is None else coverage.visits
    return Verdict(reason="covered", visit=visit, visits=visits, all_planned=all_planned, shares=coverage.shares)


def renumbered(verdict: Verdict, visit: int) -> Verdict:
    """The same verdict over another visit of the year, as long as one is left."""
    if verdict.visits is not None and visit > verdict.visits and not verdict.all_planned:
        return Verdict(reason="used-up")
    return verdict.model_copy(update={"visit": visit})
