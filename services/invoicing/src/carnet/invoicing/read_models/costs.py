"""What internal orders cost: our own machines bear cost and bill nothing (S2)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.invoicing.domain.billable import NothingToBill
from carnet.kernel.columns import exact
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put


class CostRow(SQLModel, table=True):
    """One reported item of an internal order, at list price."""

    __tablename__ = "invoicing_cost"
    order_id: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)
    cost_kind: str = ""
    served_on: date | None = Field(default=None, index=True)
    currency: str = "CHF"
    quantity: Decimal | None = exact()
    amount: Decimal | None = exact()


def changes(heard: Heard[NothingToBill]) -> Iterator[Change]:
    """An order that is settled anew, after a correction, replaces all that it cost before."""
    fact = heard.fact
    if fact.reason != "internal":
        return
    yield Delete(CostRow, {"order_id": fact.order_id})
    for line in fact.lines:
        told: dict[str, Any] = line.model_dump(include={"cost_kind", "quantity"})
        what = {"object_id": line.object_id or "", "served_on": line.service_date, "amount": line.list_amount}
        key = {"order_id": fact.order_id, "item_id": line.item_id}
        yield Put(CostRow, key, {**told, **what, "currency": fact.currency})


MODEL = ReadModel("invoicing.costs", (CostRow,), (NothingToBill,), changes)


def between(session: Session, first_day: date, last_day: date) -> Sequence[CostRow]:
    """Give what was done on internal orders in these days, both included: by object and day."""
    query = select(CostRow).where(col(CostRow.served_on).between(first_day, last_day))
    order = (CostRow.object_id, CostRow.currency, CostRow.served_on, CostRow.order_id, CostRow.item_id)
    return session.exec(query.order_by(*(col(each) for each in order))).all()
