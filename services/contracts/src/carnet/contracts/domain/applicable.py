"""An order falls under the contract that covers its object, or else the nearest thing that it is a part of (R9)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from carnet.contracts.domain.cycles import add_months, contract_year
from carnet.contracts.domain.entitlement import Agreed, Charge
from carnet.contracts.domain.terms import Version, in_force, position_of
from carnet.contracts.domain.visits import promised


def nearest(versions: Iterable[Version], object_ids: Sequence[str], day: date) -> Version | None:
    """Give the contract that covers the first of these objects (one, then what it is a part of) on a day; among
    several a maintenance contract comes first, then the lower number.
    """
    found = [version for version in versions if position_of(version.terms, object_ids, day)]
    return min(found, key=lambda version: _distance(version, object_ids, day), default=None)


def _distance(version: Version, object_ids: Sequence[str], day: date) -> tuple[int, bool, str]:
    position = position_of(version.terms, object_ids, day)
    steps = object_ids.index(position.object_id) if position else len(object_ids)
    return steps, version.terms.kind != "maintenance", version.terms.contract_number


def agreed(version: Version, object_ids: Sequence[str], day: date) -> Agreed:
    """Give what the contract says on a day: no coverage for what it does not cover on that day."""
    first, last = year_of(version, day)
    covered = position_of(version.terms, object_ids, day)
    price = in_force(covered.visit_prices, day) if covered else None
    return Agreed(
        contract_id=version.contract_id,
        version=version.number,
        coverage=in_force(version.terms.coverages, day) if covered else None,
        planned_visits=len(promised(version, first, last)),
        visit_price=Charge(amount=price.amount, currency=version.terms.currency) if price else None,
    )


def year_of(version: Version, day: date) -> tuple[date, date]:
    """Give the first and the last day of the contract year in which a day lies."""
    start, first = version.terms.start, contract_year(version.terms.start, day)
    years = first.year - start.year
    return first, add_months(start, 12 * (years + 1)) - timedelta(days=1)
