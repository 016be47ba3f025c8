"""The cost of internal orders by object: labour, travel, parts and expenses at list price (S2)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import groupby

from pydantic import BaseModel

from carnet.invoicing.read_models import costs, nodes
from carnet.invoicing.read_models.costs import CostRow
from carnet.kernel.runtime import Runtime


class ObjectCost(BaseModel):
    """What the internal orders of an object cost, net, and which orders they were."""

    object_id: str
    name: str
    currency: str
    labour: Decimal = Decimal(0)
    travel: Decimal = Decimal(0)
    parts: Decimal = Decimal(0)
    expense: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    orders: list[str]


async def internal_costs(runtime: Runtime, first_day: date, last_day: date) -> list[ObjectCost]:
    """Give the costs of the work of these days, both included."""
    rows = await runtime.query(lambda session: costs.between(session, first_day, last_day))
    names = await runtime.query(lambda session: nodes.names(session, {row.object_id for row in rows}))
    grouped = groupby(rows, key=lambda row: (row.object_id, row.currency))
    return [summed(key, list(own), names.get(key[0], "")) for key, own in grouped]


def summed(key: tuple[str, str], rows: Iterable[CostRow], name: str) -> ObjectCost:
    object_id, currency = key
    sums: dict[str, Decimal] = {}
    orders: dict[str, None] = {}
    for row in rows:
        sums[row.cost_kind] = sums.get(row.cost_kind, Decimal(0)) + (row.amount or Decimal(0))
        orders[row.order_id] = None
    total = sum(sums.values(), Decimal(0))
    return ObjectCost(object_id=object_id, name=name, currency=currency, **sums, total=total, orders=list(orders))
