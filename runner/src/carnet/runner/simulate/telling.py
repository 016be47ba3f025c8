"""An order of a scenario as dispatch tells of it: created, reported, completed or cancelled."""

from typing import Final

from carnet.contracts.domain.coverage import Decide
from carnet.contracts.domain.entitlement import Agreed
from carnet.contracts.domain.terms import Coverage, Shares
from carnet.events.dispatch import OrderCancelled, OrderCompleted, OrderCreated, WorkItem, WorkKind, WorkReported
from carnet.runner.simulate.orders import Order, WorkStory

CONTRACT_ID, OBJECT_ID = "contract", "object"
KINDS: Final[dict[str, WorkKind]] = {"labour": "service", "travel": "km", "parts": "part"}


def created(story: WorkStory, order: Order) -> OrderCreated:
    return OrderCreated(
        order_id=order.id,
        number=order.id,
        order_type="maintenance",
        object_id=OBJECT_ID,
        debtor_id=order.recipient,
        contract_id=CONTRACT_ID,
        created_on=story.service_date,
    )


def reported(story: WorkStory, order: Order) -> WorkReported:
    return WorkReported(
        report_id=report_id(order),
        order_id=order.id,
        object_id=OBJECT_ID,
        technician_id="technician",
        service_date=story.service_date,
        items=tuple(WorkItem(kind=KINDS[item.kind], quantity=item.quantity) for item in order.items),
    )


def closed(story: WorkStory, order: Order) -> OrderCompleted | OrderCancelled:
    if not order.executed:
        return OrderCancelled(
            order_id=order.id, object_id=OBJECT_ID, reason="not executed", cancelled_on=story.service_date
        )
    return OrderCompleted(
        order_id=order.id,
        number=order.id,
        order_type="maintenance",
        object_id=OBJECT_ID,
        completed_on=story.service_date,
        report_ids=(report_id(order),),
    )


def report_id(order: Order) -> str:
    return f"report of {order.id}"


def item_id(order: Order, n: int) -> str:
    """Name the n-th item of an order as invoicing does."""
    return f"{report_id(order)}/{n}"


def to_cover(story: WorkStory, order: Order) -> Decide:
    """Ask what the file's contract bears of an order, which carries out a planned visit."""
    shares = Shares.model_validate(story.coverage.model_dump(exclude={"visits"}))
    agreed = Coverage(valid_from=story.service_date, visits=story.coverage.visits, shares=shares)
    return Decide(
        order_id=order.id,
        object_id=OBJECT_ID,
        order_type="maintenance",
        service_date=story.service_date,
        planned=True,
        agreed=Agreed(contract_id=CONTRACT_ID, version=1, coverage=agreed, planned_visits=story.coverage.visits),
    )
