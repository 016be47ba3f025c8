"""What is known of an order before it is billed comes from several contexts, in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.invoicing.domain.travel import travelled
from carnet.invoicing.domain.work_lines import Coverage, WorkItem
from carnet.kernel.sentence import Sentence

BillingRule: TypeAlias = Literal["at_once", "after_approval", "month_end"]


class OrderNoted(BaseModel, frozen=True):
    """Who ordered what; an internal order bears cost and bills nothing."""

    type: Literal["billable-order-noted.v1"] = "billable-order-noted.v1"
    order_id: str
    number: str = ""
    order_kind: str
    debtor_id: str | None = None
    site_id: str | None = None
    object_id: str | None = None
    customer_order_number: str | None = None
    internal: bool = False


class WorkNoted(BaseModel, frozen=True):
    """What one report says was done; a correction carries the same report id."""

    type: Literal["billable-work-noted.v1"] = "billable-work-noted.v1"
    report_id: str
    items: tuple[WorkItem, ...]


class CoverageNoted(BaseModel, frozen=True):
    """What the contract bears, decided once per order; no contract: no shares."""

    type: Literal["billable-coverage-noted.v1"] = "billable-coverage-noted.v1"
    coverage: Coverage


class CompletionNoted(BaseModel, frozen=True):
    """The order was completed; `report_ids` are the reports that must be known before it is billed."""

    type: Literal["billable-completion-noted.v1"] = "billable-completion-noted.v1"
    closed_on: date
    report_ids: tuple[str, ...] = ()


class CancellationNoted(BaseModel, frozen=True):
    type: Literal["billable-cancellation-noted.v1"] = "billable-cancellation-noted.v1"
    closed_on: date
    reason: str


class ReopeningNoted(BaseModel, frozen=True):
    type: Literal["billable-reopening-noted.v1"] = "billable-reopening-noted.v1"
    reopened_on: date


class ApprovalNoted(BaseModel, frozen=True):
    type: Literal["billable-approval-noted.v1"] = "billable-approval-noted.v1"
    approved_on: date


Outcome: TypeAlias = CompletionNoted | CancellationNoted
Fact: TypeAlias = (
    OrderNoted | WorkNoted | CoverageNoted | CompletionNoted | CancellationNoted | ReopeningNoted | ApprovalNoted
)


@dataclass(frozen=True)
class Known:
    """The newest of each fact about one order."""

    order: OrderNoted | None = None
    reports: Mapping[str, WorkNoted] = field(default_factory=dict)
    coverage: Coverage | None = None
    outcome: Outcome | None = None
    approval: ApprovalNoted | None = None

    def billed_items(self, journey: str | None = None) -> list[WorkItem]:
        """All that was reported, by date of service (the order in which reports came does not show).

        A `journey` is the article that stands for the travel of each report. A cancelled order bills none of it (R4).
        """
        if isinstance(self.outcome, CancellationNoted):
            return []
        found = (item for report in self.reports.values() for item in travelled(report.items, journey))
        return sorted(found, key=lambda item: (item.service_date, item.item_id))

    @property
    def lacks_reports(self) -> bool:
        promised = self.outcome.report_ids if isinstance(self.outcome, CompletionNoted) else ()
        return not set(promised) <= set(self.reports)


def hear(known: Known, fact: Fact) -> Known:
    """Add a fact; it replaces an earlier one of its kind (a report: the same report)."""
    match fact:
        case OrderNoted():
            return replace(known, order=fact)
        case WorkNoted():
            return _report(known, fact)
        case CoverageNoted(coverage=coverage):
            return replace(known, coverage=coverage)
        case CompletionNoted() | CancellationNoted():
            return replace(known, outcome=fact)
        case ReopeningNoted():
            return replace(known, outcome=None, approval=None)
        case ApprovalNoted():
            return replace(known, approval=fact)
        case _:
            assert_never(fact)


def _report(known: Known, fact: WorkNoted) -> Known:
    """A corrected report withdraws the approval of the work."""
    before = known.reports.get(fact.report_id)
    approval = known.approval if before in (None, fact) else None
    return replace(known, reports={**known.reports, fact.report_id: fact}, approval=approval)


def awaited(known: Known, rule: BillingRule, *, approve: bool = False) -> str | None:
    """What must happen before the order can be billed, as a sentence; None when nothing is missing.

    With `approve` the office approves the work first, whatever the rule (S61).
    """
    if known.order is None:
        return Sentence("Wait for the order itself: only parts of it are known.")
    if isinstance(known.outcome, CancellationNoted):
        return None
    internal = known.order.internal
    unapproved = (approve or rule == "after_approval") and known.approval is None
    open_points = {
        Sentence("Complete the order before billing it."): known.outcome is None,
        Sentence("Wait for all work reports of the order before billing it."): known.lacks_reports,
        Sentence("Wait for the coverage decision before billing the order."): not internal and known.coverage is None,
        Sentence("Approve the work before billing it."): not internal and unapproved,
    }
    return next((sentence for sentence, is_open in open_points.items() if is_open), None)
