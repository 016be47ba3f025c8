"""An amount stays exact until it is rounded once, half-up, to the cent; tax is taken on the sum per rate."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from pydantic import BaseModel

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
DocumentKind: TypeAlias = Literal["invoice", "credit_note"]


class Totals(BaseModel, frozen=True):
    """The foot of a document: `vat` maps a rate in percent to its tax, `payable` = `total` + `rounding`."""

    net: Decimal
    vat: dict[Decimal, Decimal]
    total: Decimal
    rounding: Decimal
    payable: Decimal


def to_cent(amount: Decimal | Fraction) -> Decimal:
    """Round an exact amount to 0.01, halves away from zero (R1)."""
    if isinstance(amount, Decimal):
        return amount.quantize(CENT, ROUND_HALF_UP)
    hundredths = abs(amount) * 100
    cents = (2 * hundredths.numerator + hundredths.denominator) // (2 * hundredths.denominator)
    return Decimal(cents if amount >= 0 else -cents).scaleb(-2)


def to_step(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the smallest payable unit of the currency, halves away from zero."""
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(CENT)


def totals(nets: Iterable[tuple[Decimal, Decimal]], step: Decimal = CENT) -> Totals:
    """Add up (VAT rate in percent, net) pairs; VAT = round(sum at the rate x rate), per rate (R10)."""
    per_rate: dict[Decimal, Decimal] = {}
    for rate, net in nets:
        per_rate[rate] = per_rate.get(rate, NOTHING) + net
    vat = {rate: to_cent(per_rate[rate] * rate / 100) for rate in sorted(per_rate)}
    net = sum(per_rate.values(), NOTHING)
    total = net + sum(vat.values(), NOTHING)
    payable = to_step(total, step)
    return Totals(net=net, vat=vat, total=total, rounding=payable - total, payable=payable)
