"""The words of a scenario of kind `work`: orders, and what the contract bears of them."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from carnet.contracts.domain.terms import Id
from carnet.runner.simulate.given import Billed, Given, once
from carnet.runner.simulate.values import Amount, Currency, Day, Share


class Coverage(Given):
    """Covered visits, and the share of each cost kind that the contract bears (1 = all)."""

    visits: int = Field(ge=0)
    labour: Share = Decimal(0)
    travel: Share = Decimal(0)
    parts: Share = Decimal(0)


class Item(Given):
    kind: Literal["labour", "travel", "parts"]
    quantity: Amount
    unit_price: Amount


class Order(Given):
    """An order of a recipient; one that was not executed was cancelled."""

    id: Id
    recipient: Id
    currency: Currency
    executed: bool = True
    items: tuple[Item, ...] = ()


class WorkStory(Billed):
    coverage: Coverage = Coverage(visits=0)
    orders: tuple[Order, ...]
    mode: Literal["single", "collective"]
    service_date: Day

    @model_validator(mode="after")
    def names_each_order_once(self) -> Self:
        once("order", (order.id for order in self.orders))
        return self
