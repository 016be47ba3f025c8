"""A calendar day as instants on the wall clock of a zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Give the instant at which `first` begins and the one at which `last` is over."""
    midnight = time(tzinfo=ZoneInfo(zone))
    return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)
