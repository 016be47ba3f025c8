"""A price as the fields of a form: a fee a year or the share of a value that makes it, and the price of a visit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from carnet.contracts.domain.terms import Position, Price, VisitPrice, in_force, price_of_share
from carnet.kernel.web.typed import SHARE_DECIMALS, Typed

HUNDRED: Final = Decimal(100)


def price_from(typed: Typed, day: date, of: str = "") -> Price | None:
    """Give the fee, or the share of a value that makes it; half of the two is said at its field."""
    fee, value = (typed.amount(f"{name}{of}") for name in ("fee", "value"))
    share = typed.amount(f"share{of}", HUNDRED, SHARE_DECIMALS)
    if typed.text(f"value{of}") or typed.text(f"share{of}"):
        for name in ("value", "share"):
            typed.needed(f"{name}{of}")
        return price_of_share(day, value or Decimal(0), (share or Decimal(0)) / HUNDRED)
    return None if fee is None else Price(valid_from=day, fee=fee)


def visit_price_from(typed: Typed, day: date, of: str = "") -> VisitPrice | None:
    amount = typed.amount(f"visit{of}")
    return None if amount is None else VisitPrice(valid_from=day, amount=amount)


def price_typed(price: Price | None) -> dict[str, object]:
    """Write a fee into the form again."""
    if price is None:
        return {}
    if price.share is None:
        return {"fee": price.fee}
    return {"value": price.value, "share": f"{(price.share * HUNDRED).normalize():f}"}


def prices_typed(position: Position, of: str) -> dict[str, object]:
    """Write all prices of a position, a row for each of their dates."""
    days = sorted({each.valid_from for each in position.prices} | {each.valid_from for each in position.visit_prices})
    typed: dict[str, object] = {f"prices{of}": len(days) or 1}
    for p, day in enumerate(days):
        row = {
            **price_on(position.prices, position.visit_prices, day),
            "from": "" if day == position.first_day else day,
        }
        typed |= {f"{name}{of}_{p}": value for name, value in row.items()}
    return typed


def price_on(prices: Sequence[Price], visits: Sequence[VisitPrice], day: date) -> dict[str, object]:
    """Give what is typed of the prices that begin on a day."""
    fee = next((price for price in prices if price.valid_from == day), None)
    visit = next((price for price in visits if price.valid_from == day), None)
    return {**price_typed(fee), **({} if visit is None else {"visit": visit.amount})}


def holding(position: Position, day: date) -> dict[str, object]:
    """Give what is typed of the prices that hold on a day."""
    visit = in_force(position.visit_prices, day)
    return {**price_typed(in_force(position.prices, day)), **({} if visit is None else {"visit": visit.amount})}
