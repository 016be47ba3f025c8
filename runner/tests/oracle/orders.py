"""The work oracle: orders into documents by coverage, recipient and currency (R4, R5, R9)."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.money import Rates, rounded, sums

Billed = tuple[dict[str, Any], Fraction]
"""An order, and what it bills."""


def net(order: dict[str, Any], shares: dict[str, str]) -> Fraction:
    """Give what an order bills, with the shares that the contract bears."""
    total = Fraction()
    for item in order["items"]:
        amount = rounded(Fraction(item["quantity"]) * Fraction(item["unit_price"]))
        total += rounded(amount * (1 - Fraction(shares.get(item["kind"], "0"))))
    return total


def billed(told: dict[str, Any]) -> Iterator[Billed]:
    """Give each order with its amount; one that was not executed bills 0.00 and uses no visit."""
    shares = dict(told.get("coverage", {}))
    visits = int(shares.pop("visits", "0"))
    for order in told["orders"]:
        executed = order.get("executed", "true") == "true"
        yield order, net(order, shares if visits > 0 else {}) if executed else Fraction()
        visits -= executed


def groups(told: dict[str, Any]) -> list[list[Billed]]:
    """Give the orders of each document, in order of first appearance."""
    if told["mode"] == "single":
        return [[each] for each in billed(told)]
    found: dict[tuple[str, str], list[Billed]] = {}
    for order, amount in billed(told):
        found.setdefault((order["recipient"], order["currency"]), []).append((order, amount))
    return list(found.values())


def document(group: list[Billed], told: dict[str, Any]) -> dict[str, Any]:
    (first, _), *_ = group
    rate = Rates(told)[date.fromisoformat(told["service_date"])][1]
    total = sum((amount for _, amount in group), Fraction())
    return {
        "orders": [order["id"] for order, _ in group],
        "recipient": first["recipient"],
        "currency": first["currency"],
        **sums({rate: total}, first["currency"], told),
    }


def expected(told: dict[str, Any]) -> dict[str, Any]:
    """Give the documents of a scenario of kind work; one of 0.00 is left out."""
    made = [document(group, told) for group in groups(told)]
    return {"documents": [each for each in made if each["net"] != "0.00"]}
