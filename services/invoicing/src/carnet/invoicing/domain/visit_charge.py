"""A visit at the contract's price is billed when it is completed; its labour and travel stand at 0.00 beside it."""

from decimal import Decimal

from carnet.invoicing.domain.order_facts import CompletionNoted, Known
from carnet.invoicing.domain.work_lines import WorkItem
from carnet.kernel.decider import Rejected


def visit_item(known: Known) -> list[WorkItem]:
    """Give the item of a completed visit that has a price, dated by its last work; a skipped visit has none."""
    order, outcome = known.order, known.outcome
    if order is None or not isinstance(outcome, CompletionNoted) or not (known.coverage and known.coverage.visit_price):
        return []
    days = [item.service_date for report in known.reports.values() for item in report.items]
    return [
        WorkItem(
            item_id=f"{order.order_id}/visit",
            kind="visit",
            quantity=Decimal(1),
            service_date=max(days, default=outcome.closed_on),
            object_id=order.object_id,
        )
    ]


def refuse_other_currency(known: Known, currency: str) -> None:
    """Raise `Rejected` where a visit's price is in another currency than its bill."""
    price = known.coverage.visit_price if known.coverage else None
    if price is not None and price.currency != currency:
        raise Rejected(
            "The contract prices this visit in {wanted}: bill its debtor in {wanted}, not in {currency}.",
            wanted=price.currency,
            currency=currency,
        )
