"""The VAT rate follows from a tax code and the day of service (R3).

The debtor's code comes before that of the place of service, and that before the article's: who is abroad or exempt
bears no tax, whatever was done and wherever.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.invoicing.domain.vat import STANDARD, DecidedBy, VatRate, VatTable, rate_on
from carnet.kernel.decider import Rejected

Category: TypeAlias = Literal["S", "Z", "E", "AE", "G"]
UNTAXED: Final[Mapping[str, Category]] = MappingProxyType({"exempt": "E", "reverse_charge": "AE", "export": "G"})
"""The codes that bear 0 % on any day, by their VAT category (EN 16931, UNTDID 5305)."""


class TaxCode(BaseModel, frozen=True):
    """A tax code that holds from a day of service until the next one."""

    valid_from: date
    code: str = Field(min_length=1)


TaxCodes: TypeAlias = tuple[TaxCode, ...]


class ItemTax(BaseModel, frozen=True):
    """The rates that a service bears by day, and what decided its code."""

    rates: tuple[VatRate, ...]
    decided_by: DecidedBy = "article"


def category(code: str, rate: Decimal) -> Category:
    """Give the VAT category of a line (EN 16931, BT-151)."""
    return UNTAXED.get(code, "S" if rate else "Z")


def code_on(codes: TaxCodes, day: date) -> str | None:
    """Give the code that holds on a day, None before the first one."""
    held = [each for each in codes if each.valid_from <= day]
    return max(held, key=lambda each: each.valid_from).code if held else None


def rates_of(code: str, rates: Mapping[str, VatTable]) -> VatTable:
    """Give the rates of one code; refuses a code that has none."""
    if code in UNTAXED:
        return (VatRate(valid_from=date.min, rate=Decimal(0), code=code),)
    if not rates.get(code):
        raise Rejected("Enter the VAT rates of the tax code {code} (CARNET_VAT_CODES): it has none.", code=code)
    return [each.model_copy(update={"code": code}) for each in rates[code]]


def table_of(usual: str, codes: TaxCodes, rates: Mapping[str, VatTable]) -> tuple[VatRate, ...]:
    """Give the rates by day of what has the usual code until the first of `codes` holds."""
    table: Sequence[VatRate] = rates_of(usual, rates)
    for since in sorted(codes, key=lambda each: each.valid_from):
        table = [*(each for each in table if each.valid_from < since.valid_from), *_from(since, rates)]
    return tuple(table)


def item_tax(article: str, place: TaxCodes, debtor: TaxCodes, day: date, rates: Mapping[str, VatTable]) -> ItemTax:
    """Decide the code of a service on its day: the debtor's, else the place's, else the article's (R3)."""
    found: tuple[tuple[DecidedBy, str | None], ...] = (("debtor", code_on(debtor, day)), ("place", code_on(place, day)))
    decided_by, code = next(((by, code) for by, code in found if code), ("article", article))
    return ItemTax(rates=tuple(rates_of(code, rates)), decided_by=decided_by)


def fee_table(place: TaxCodes, debtor: TaxCodes, rates: Mapping[str, VatTable]) -> tuple[VatRate, ...]:
    """Give the rates that a contract's fee bears by day: a fee has the standard code, unless place or debtor decide."""
    by_place, by_debtor = (min((each.valid_from for each in codes), default=date.max) for codes in (place, debtor))
    table = table_of(STANDARD, (*(each for each in place if each.valid_from < by_debtor), *debtor), rates)
    since: dict[DecidedBy, date] = {"debtor": by_debtor, "place": by_place, "default": date.min}
    return tuple(each.model_copy(update={"decided_by": decider(each, since)}) for each in table)


def decider(rate: VatRate, since: Mapping[DecidedBy, date]) -> DecidedBy:
    """Give who decides the code of a rate: the first of those that have decided by its first day."""
    return next(by for by, first in since.items() if first <= rate.valid_from)


def _from(since: TaxCode, rates: Mapping[str, VatTable]) -> list[VatRate]:
    own = rates_of(since.code, rates)
    held = rate_on(own, since.valid_from)
    return [held.model_copy(update={"valid_from": since.valid_from}), *_after(own, since.valid_from)]


def _after(table: VatTable, day: date) -> list[VatRate]:
    return [each for each in table if each.valid_from > day]
