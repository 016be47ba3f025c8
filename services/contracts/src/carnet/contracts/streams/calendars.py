"""Opening hours by their name, with the public holidays of their country: a calendar to promise by (R7)."""

from collections.abc import Iterable
from datetime import date

import holidays

from carnet.contracts.domain.opening_hours import GIVEN, OpeningHours
from carnet.contracts.domain.service_calendar import ServiceCalendar
from carnet.contracts.streams import OPENING_HOURS
from carnet.kernel.runtime import Runtime


async def opening_hours(runtime: Runtime, name: str) -> OpeningHours | None:
    """Give the hours that the firm has set by this name, else the given ones; None for an unknown name."""
    return await runtime.state(OPENING_HOURS, name) or GIVEN.get(name)


async def calendar_from(runtime: Runtime, name: str, day: date) -> ServiceCalendar | None:
    """Give the calendar of a name, with the public holidays of a day's year and the year after."""
    if (hours := await opening_hours(runtime, name)) is None:
        return None
    closed = public_holidays(hours.country, hours.subdivision, (day.year, day.year + 1))
    return ServiceCalendar(zone=hours.zone, hours=hours.hours, holidays=closed)


def public_holidays(country: str | None, subdivision: str | None, years: Iterable[int]) -> frozenset[date]:
    """Give the public holidays of some years; raises NotImplementedError for an unknown country or subdivision."""
    if country is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=years))
