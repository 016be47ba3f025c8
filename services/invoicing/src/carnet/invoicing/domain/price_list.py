"""The price of an article is that of the most particular list that has one on the day of service."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel


class PriceList(BaseModel, frozen=True):
    """Whom a price is for: one customer, one category of objects, both, or (neither) everybody."""

    customer_id: str | None = None
    category: str | None = None


class ListPrice(PriceList, frozen=True):
    """A net unit price of a list, from a day until its last one, or until the next price of the list."""

    valid_from: date
    last_day: date | None = None
    unit_price: Decimal


Slot: TypeAlias = tuple[str, PriceList, date]
"""Currency, list and first day: what a price replaces an earlier one by."""


def lists_for(customer_id: str | None, category: str | None) -> Iterator[PriceList]:
    """Give the lists that may hold, the most particular first: customer and category, customer, category, general."""
    asked = [(customer_id, category), (customer_id, None), (None, category), (None, None)]
    yield from dict.fromkeys(PriceList(customer_id=customer, category=of) for customer, of in asked)


def price_on(
    prices: Mapping[Slot, ListPrice],
    currency: str,
    day: date,
    customer_id: str | None = None,
    category: str | None = None,
) -> ListPrice | None:
    """Give the price of a service day, None where no list has one."""
    for of in lists_for(customer_id, category):
        held = [
            price for (coin, its, _), price in prices.items() if (coin, its) == (currency, of) and _holds(price, day)
        ]
        if held:
            return max(held, key=lambda price: price.valid_from)
    return None


def _holds(price: ListPrice, day: date) -> bool:
    return price.valid_from <= day <= (price.last_day or date.max)
