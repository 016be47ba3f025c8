"""What the fee bears as the fields of a form: shares in percent, order types, visits a year."""

from datetime import date
from decimal import Decimal
from typing import Final

from carnet.contracts.domain.terms import Coverage, Kind, Shares
from carnet.contracts.pages.price_fields import HUNDRED
from carnet.kernel.web.typed import Typed

BORNE: Final = ("labour", "travel", "parts", "expense")
COVERED: Final = ("maintenance", "subscription", "fault", "internal")
PLANNED: Final[dict[Kind, str]] = {
    "maintenance": "maintenance",
    "subscription": "subscription",
    "licence": "maintenance",
}


def coverage_from(typed: Typed, day: date, kind: Kind) -> Coverage | None:
    """Give what the fee bears from a day on; None where no share is said.

    Where no type of order is ticked, it bears the contract's planned visits.
    """
    shares = {name: typed.amount(name, HUNDRED) for name in BORNE}
    types = tuple(each for each in COVERED if typed.text(f"covers_{each}"))
    visits = typed.count("visits", 0, 1000)
    if all(share is None for share in shares.values()):
        return None
    borne = Shares.model_validate({name: (share or Decimal(0)) / HUNDRED for name, share in shares.items()})
    return Coverage(valid_from=day, order_types=types or (PLANNED[kind],), visits=visits, shares=borne)


def coverage_typed(coverage: Coverage | None) -> dict[str, object]:
    """Write a coverage into the form again."""
    if coverage is None:
        return {}
    shares = {name: f"{(share * HUNDRED).normalize():f}" for name, share in coverage.shares}
    ticked = {f"covers_{each}": "yes" for each in coverage.order_types}
    return {**shares, **ticked, "visits": "" if coverage.visits is None else coverage.visits}
