"""Which contract an order falls under, and what that contract says on its day."""

from collections.abc import Sequence
from datetime import date

import pytest

from carnet.contracts.domain.applicable import agreed, nearest, year_of
from carnet.contracts.domain.terms import Position, Terms, Version

DAY = date(2026, 7, 1)


def version_of(terms: Terms, *positions: Position, **more: object) -> Version:
    changed = terms.model_copy(update={"positions": positions, **more})
    number = changed.contract_number
    return Version(contract_id=number, number=1, valid_from=terms.start, recorded=terms.start, terms=changed)


def under(versions: Sequence[Version], *object_ids: str, day: date = DAY) -> str | None:
    found = nearest(versions, object_ids, day)
    return found.contract_id if found else None


def test_the_nearest_covered_thing_counts(c1: Terms, lift_a: Position, garage_door_c: Position) -> None:
    lift, door = version_of(c1, lift_a), version_of(c1, garage_door_c, contract_number="C-9")
    assert under([lift, door], "motor", "object-C", "object-A") == "C-9"
    assert under([lift, door], "motor", "object-A", "object-C") == "C-1"
    assert under([lift, door], "motor") is None


def test_a_maintenance_contract_comes_before_others_of_the_same_object(c1: Terms, lift_a: Position) -> None:
    licence = version_of(c1, lift_a, contract_number="C-0", kind="licence")
    assert under([licence, version_of(c1, lift_a)], "object-A") == "C-1"
    assert under([licence], "object-A") == "C-0"


def test_what_left_the_contract_is_not_covered(c1: Terms, lift_a: Position) -> None:
    gone = version_of(c1, lift_a.model_copy(update={"last_day": date(2026, 6, 30)}))
    assert under([gone], "object-A") is None
    assert agreed(gone, ["object-A"], DAY).coverage is None
    assert agreed(gone, ["object-A"], date(2026, 6, 30)).coverage == c1.coverages[0]


def test_the_planned_visits_are_those_of_the_contract_year(c1: Terms) -> None:
    version = version_of(c1, *c1.positions)
    assert agreed(version, ["object-A"], DAY).planned_visits == 5


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (date(2025, 4, 1), date(2026, 4, 1), date(2027, 3, 31)),
        (date(2024, 2, 29), date(2026, 2, 28), date(2027, 2, 27)),
    ],
)
def test_a_contract_year_begins_on_the_anniversary(c1: Terms, start: date, first: date, last: date) -> None:
    version = version_of(c1, start=start)
    assert year_of(version, DAY) == (first, last)


def test_the_year_before_a_leap_day_lasts_until_the_day_before_it(c1: Terms) -> None:
    version = version_of(c1, start=date(2024, 2, 29))
    for day in (date(2027, 2, 28), date(2028, 2, 28)):
        assert year_of(version, day) == (date(2027, 2, 28), date(2028, 2, 28))
