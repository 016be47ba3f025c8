"""How numbers and dates are written in Switzerland, in all three languages: 1’234.50 and 31.01.2026."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from stdnum.ch import uid, vat

from carnet.invoicing.documents.model import Period

SWISS = "de_CH"  # fr_CH would write 1 234,50, which no bookkeeper in Lausanne does


def amount(value: Decimal) -> str:
    return format_decimal(value, "#,##0.00", locale=SWISS)


def signed(value: Decimal) -> str:
    return f"+{amount(value)}" if value > 0 else amount(value)


def quantity(value: Decimal, unit: str) -> str:
    """Hours to the hundredth, all else as short as it is."""
    return format_decimal(value, "#,##0.00" if unit == "h" else "#,##0.###", locale=SWISS)


def percent(value: Decimal) -> str:
    return format_decimal(value, "0.###", locale=SWISS)


def day(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def span(period: Period) -> str:
    return day(period.start) if period.start == period.end else f"{day(period.start)} – {day(period.end)}"


def vat_number(number: str, suffix: str) -> str:
    """A Swiss number in the words of the customer's language (CHE-112.233.445 MWST), any other as it is."""
    return f"{uid.format(vat.compact(number)[:12])} {suffix}" if vat.is_valid(number) else number
