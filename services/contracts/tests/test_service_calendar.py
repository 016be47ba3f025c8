"""A service calendar as it is recorded."""

import re
from datetime import date

import pytest
from pydantic import ValidationError

from carnet.contracts.domain.service_calendar import ServiceCalendar


def test_the_same_holidays_are_written_the_same_in_every_process() -> None:
    days = [date(2026, 12, 25), date(2026, 1, 1), date(2026, 5, 14)]
    written = ServiceCalendar(
        zone="Europe/Zurich", hours={"mon": ("08:00-12:00",)}, holidays=frozenset(days)
    ).model_dump(mode="json")
    assert written["holidays"] == ["2026-01-01", "2026-05-14", "2026-12-25"]


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Base", "../etc/passwd"])
def test_a_zone_that_is_none_is_named(zone: str) -> None:
    with pytest.raises(ValidationError, match=f"'{re.escape(zone)}' is not the name of a time zone"):
        ServiceCalendar(zone=zone, hours={"mon": ("08:00-12:00",)})
