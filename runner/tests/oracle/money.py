"""Amounts of the oracle: exact fractions, rounded where the rules say so, printed with two places."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any


def rounded(exact: Fraction, step: Fraction = Fraction(1, 100)) -> Fraction:
    """Round half away from zero to the step."""
    size = floor(abs(exact) / step + Fraction(1, 2)) * step
    return size if exact >= 0 else -size


def printed(amount: Fraction) -> str:
    cents = amount * 100
    assert cents.denominator == 1
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents.numerator) // 100}.{abs(cents.numerator) % 100:02}"


class Rates(dict[date, tuple[date, str]]):
    """The VAT rate of each day, as the file writes it, behind the first day since when it has not changed."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.rows = sorted((date.fromisoformat(row["from"]), row["rate"]) for row in told["vat"])

    def __missing__(self, day: date) -> tuple[date, str]:
        held = [row for row in self.rows if row[0] <= day]
        since, rate = held.pop()
        while held and Fraction(held[-1][1]) == Fraction(rate):
            since, rate = held.pop()
        self[day] = since, rate
        return self[day]


def sums(nets: Mapping[str, Fraction], currency: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a document says below its lines, from its net per VAT rate (R3, R5)."""
    vat = {rate: rounded(net * Fraction(rate) / 100) for rate, net in nets.items()}
    net = sum(nets.values(), Fraction())
    total = net + sum(vat.values())
    payable = rounded(total, Fraction(told.get("payable_step", {}).get(currency, "0.01")))
    return {
        "net": printed(net),
        "vat": {rate: printed(tax) for rate, tax in vat.items()},
        "total": printed(total),
        "rounding": printed(payable - total),
        "payable": printed(payable),
    }
