"""Tax codes by their first day of service, as a form says them: each a row, and empty ones below (R3)."""

from collections.abc import Mapping, Sequence
from typing import Final

from carnet.invoicing.domain.tax import UNTAXED, TaxCode, TaxCodes
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.web.typed import MISSING, Typed

MORE: Final = 2  # empty rows
MOST_ROWS: Final = 50


def rows_of(typed: Typed) -> range:
    return range(typed.count("rows", 1, MOST_ROWS) or 1)


def tax_codes(typed: Typed) -> TaxCodes:
    """Read the rows; one without a code is taken away. It holds only where `typed.errors` stays empty."""
    named = [n for n in rows_of(typed) if typed.text(f"code_{n}")]
    days = {n: typed.day(f"since_{n}") for n in named}
    for n, day in days.items():
        if day is None:
            typed.errors.setdefault(f"since_{n}", MISSING)
    return tuple(TaxCode(valid_from=day, code=typed.text(f"code_{n}")) for n, day in days.items() if day)


def as_typed(codes: Sequence[TaxCode]) -> Mapping[str, str]:
    days = {f"since_{n}": str(each.valid_from) for n, each in enumerate(codes)}
    return {"rows": str(len(codes) + MORE), **days, **{f"code_{n}": each.code for n, each in enumerate(codes)}}


def known_codes(settings: InvoicingSettings) -> list[str]:
    """Give the codes that have rates, the standard one first, then those that bear none."""
    return sorted(settings.rates, key=lambda code: (code != "standard", code)) + list(UNTAXED)
