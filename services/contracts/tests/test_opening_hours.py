"""Opening hours by name, with the public holidays of a canton."""

from datetime import date

import pytest

from carnet.contracts.domain.opening_hours import ALWAYS, STANDARD, OpeningHours, OpeningHoursSet, SetOpeningHours
from carnet.contracts.domain.opening_hours import opening_hours as decider
from carnet.contracts.streams.calendars import public_holidays
from carnet.kernel.testing import Given

given = Given(decider)
SET = SetOpeningHours(name="standard", opening_hours=ALWAYS)


def test_set_hours_hold_until_others_are_set() -> None:
    assert given().when(SET) == [OpeningHoursSet(name="standard", opening_hours=ALWAYS)]


def test_the_same_hours_again_change_nothing() -> None:
    assert given(OpeningHoursSet(name="standard", opening_hours=ALWAYS)).when(SET) == []


def test_vaud_keeps_its_own_monday_in_september() -> None:
    assert sorted(public_holidays(STANDARD.country, STANDARD.subdivision, [2026])) == [
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 8, 1),
        date(2026, 9, 21),
        date(2026, 12, 25),
    ]
    assert date(2026, 9, 21) not in public_holidays("CH", "ZH", [2026])
    assert public_holidays(None, None, [2026]) == frozenset()


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("CH", "XX")])
def test_an_unknown_country_is_refused(country: str, subdivision: str | None) -> None:
    with pytest.raises(NotImplementedError):
        public_holidays(country, subdivision, [2026])


def test_an_event_survives_the_store() -> None:
    event = OpeningHoursSet(name="x", opening_hours=OpeningHours(hours={"mon": ("08:00-09:00",)}))
    assert OpeningHoursSet.model_validate_json(event.model_dump_json(exclude_none=True)) == event
