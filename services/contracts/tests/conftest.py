"""The demonstration's contracts and service calendar, as every test file of this context needs them."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.contracts.domain.service_calendar import ServiceCalendar
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Parties,
    Position,
    Price,
    Reaction,
    Shares,
    Terms,
    Version,
)

NEW_YEAR = date(2026, 1, 1)
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def cycle(cycle_id: str, every_months: int, anchor: date, **more: object) -> Cycle:
    return Cycle.model_validate(
        {
            "cycle_id": cycle_id,
            "service": cycle_id,
            "every_months": every_months,
            "anchor": anchor,
            "tolerance_days": 10,
            "prepare_days_before": 30,
            **more,
        }
    )


def position(position_id: str, first_day: date, fee: str, *cycles: Cycle, plans: bool = True) -> Position:
    return Position(
        position_id=position_id,
        object_id=f"object-{position_id}",
        first_day=first_day,
        prices=(Price(valid_from=first_day, fee=Decimal(fee)),),
        plans=(CyclePlan(valid_from=first_day, cycles=cycles),) if plans and cycles else (),
    )


def terms(*positions: Position, **more: object) -> Terms:
    return Terms.model_validate(
        {
            "kind": "maintenance",
            "contract_number": "C-1",
            "parties": Parties(debtor_id="K1", contact_id="Delacroix"),
            "start": NEW_YEAR,
            "billing": Billing(every_months=6, anchor=NEW_YEAR),
            "positions": positions,
            **more,
        }
    )


def version(agreed: Terms) -> Version:
    return Version(contract_id="C-1", number=1, valid_from=agreed.start, recorded=agreed.start, terms=agreed)


@pytest.fixture
def lift_a() -> Position:
    yearly = cycle("yearly", 12, date(2026, 4, 15), persons=2, equipment=("test weights 1000 kg",))
    return position("A", NEW_YEAR, "1680.00", cycle("quarterly", 3, date(2026, 1, 15)), yearly)


@pytest.fixture
def lift_b() -> Position:
    return position("B", date(2026, 5, 18), "1320.00", cycle("quarterly", 3, date(2026, 8, 18)))


@pytest.fixture
def garage_door_c() -> Position:
    return position("C", NEW_YEAR, "480.00", cycle("yearly", 12, date(2026, 6, 10)))


@pytest.fixture
def c1(lift_a: Position, garage_door_c: Position) -> Terms:
    """C-1 as it is signed on 1 Jan 2026; B comes by an amendment."""
    half_parts = Coverage(
        valid_from=NEW_YEAR, shares=Shares(labour=Decimal(1), travel=Decimal(1), parts=Decimal("0.5"))
    )
    fault = Reaction(priority="fault", within_minutes=240, escalate_before_minutes=60, calendar="office")
    return terms(lift_a, garage_door_c, coverages=(half_parts,), reactions=(fault,))


@pytest.fixture
def c2() -> Terms:
    """C-2, the dumb waiter's subscription; its notice goes out on the due date."""
    half_yearly = cycle("half-yearly", 6, date(2026, 3, 9), prepare_days_before=0)
    waiter = position("1", NEW_YEAR, "0.00", half_yearly)
    return terms(waiter, kind="subscription")


@pytest.fixture
def office() -> ServiceCalendar:
    """Rochat's service calendar with Vaud's holidays of 2026."""
    windows = ("07:30-12:00", "13:00-17:30")
    days = ((1, 1), (1, 2), (4, 3), (4, 6), (5, 14), (5, 25), (8, 1), (9, 21), (12, 25))
    return ServiceCalendar(
        zone="Europe/Zurich",
        hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), windows),
        holidays=frozenset(date(2026, month, day) for month, day in days),
    )


@pytest.fixture
def round_the_clock() -> ServiceCalendar:
    return ServiceCalendar(zone="Europe/Zurich", hours=dict.fromkeys(EVERY_DAY, ("00:00-24:00",)))
