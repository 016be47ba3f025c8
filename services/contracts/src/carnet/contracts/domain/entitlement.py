"""The fee bears an order of a covered type, as long as a visit of the contract year is left (R9)."""

from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.contracts.domain.terms import Coverage, Id, Shares

Reason: TypeAlias = Literal[
    "covered", "visit-price", "no-contract", "nothing-covered", "order-type", "not-planned", "used-up"
]


class Charge(BaseModel, frozen=True):
    """The price of one visit, net, in the contract's currency."""

    amount: Decimal = Field(ge=0)
    currency: str


class Agreed(BaseModel, frozen=True):
    """What the contract says on the service date; `planned_visits` are those promised in the contract year, each at
    the `visit_price` if there is one.
    """

    contract_id: Id
    version: int
    coverage: Coverage | None
    planned_visits: int = Field(ge=0)
    visit_price: Charge | None = None


class Verdict(BaseModel, frozen=True):
    """Visit n (`visit`) of m (`visits`) where the order uses one, and what the contract bears of it.

    `all_planned`: m is what is planned, and no limit. A `visit_price` is billed instead of labour and travel.
    """

    reason: Reason
    visit: int | None = None
    visits: int | None = None
    all_planned: bool = False
    shares: Shares = Shares()
    visit_price: Charge | None = None

    @property
    def covered(self) -> bool:
        return self.reason in {"covered", "visit-price"}


def judge(order_type: str, agreed: Agreed | None, visit: int, *, planned: bool) -> Verdict:
    """Whether the order may use this visit; `planned` orders carry out a promised visit."""
    if agreed is None:
        return Verdict(reason="no-contract")
    borne = _borne(order_type, agreed, visit, planned=planned)
    return _priced(borne, agreed.visit_price) if planned else borne


def _borne(order_type: str, agreed: Agreed, visit: int, *, planned: bool) -> Verdict:
    if agreed.coverage is None:
        return Verdict(reason="nothing-covered")
    refusal = _refusal(order_type, agreed.coverage, visit, planned=planned)
    return Verdict(reason=refusal) if refusal else _covered(agreed.coverage, visit, agreed.planned_visits)


def _priced(verdict: Verdict, price: Charge | None) -> Verdict:
    """The price of a visit bears its labour and travel; what the fee bears of the rest stays."""
    if price is None:
        return verdict
    shares = verdict.shares.model_copy(update={"labour": Decimal(1), "travel": Decimal(1)})
    reason = "covered" if verdict.covered else "visit-price"
    return verdict.model_copy(update={"reason": reason, "shares": shares, "visit_price": price})


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
        return _priced(Verdict(reason="used-up"), verdict.visit_price)
    return verdict.model_copy(update={"visit": visit})
