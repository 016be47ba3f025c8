"""What a published fact says about an order, in the words of its bill; pure."""

from typing import Any

from carnet.events import contracts, dispatch
from carnet.invoicing.domain.order_facts import (
    ApprovalNoted,
    CancellationNoted,
    CompletionNoted,
    CoverageNoted,
    Fact,
    OrderNoted,
    ReopeningNoted,
    WorkNoted,
)
from carnet.invoicing.domain.work_lines import Coverage, WorkItem


def fact_of(heard: Any) -> Fact:
    """Translate a fact; raises TypeError for one that says nothing of an order."""
    match heard:
        case dispatch.OrderCreated():
            return order(heard)
        case dispatch.WorkReported():
            return work(heard)
        case contracts.CoverageDecided():
            return CoverageNoted(coverage=coverage(heard))
        case _:
            return fate(heard)


def fate(heard: Any) -> Fact:
    match heard:
        case dispatch.OrderCompleted():
            return CompletionNoted(closed_on=heard.completed_on, report_ids=heard.report_ids)
        case dispatch.OrderCancelled():
            return CancellationNoted(closed_on=heard.cancelled_on, reason=heard.reason)
        case dispatch.OrderReopened():
            return ReopeningNoted(reopened_on=heard.reopened_on)
        case dispatch.WorkApproved():
            return ApprovalNoted(approved_on=heard.approved_on)
        case _:
            raise TypeError(f"{type(heard).__name__} says nothing of an order")


def order(heard: dispatch.OrderCreated) -> OrderNoted:
    told = heard.model_dump(include={"order_id", "number", "debtor_id", "object_id", "customer_order_number"})
    return OrderNoted(**told, order_kind=heard.order_type, internal=heard.order_type == "internal")


def work(heard: dispatch.WorkReported) -> WorkNoted:
    """Give a report with an id for each item, and the day and object of the report."""
    items = [
        WorkItem(
            item_id=f"{heard.report_id}/{n}",
            service_date=heard.service_date,
            object_id=heard.object_id,
            **item.model_dump(),
        )
        for n, item in enumerate(heard.items, start=1)
    ]
    return WorkNoted(report_id=heard.report_id, items=tuple(items))


def coverage(heard: contracts.CoverageDecided) -> Coverage:
    """Give what the contract bears; of an order that is not covered, nothing."""
    shares = {kind: share for kind, share in heard.shares.model_dump().items() if share and heard.covered}
    told = heard.model_dump(include={"contract_id", "contract_version", "visit", "visits", "visit_price"})
    return Coverage.model_validate({**told, "shares": shares})
