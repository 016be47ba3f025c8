"""A time on the wall of a site is one instant, also in the nights when the clock changes (R6, R7)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, at: time, zone: str) -> datetime:
    """UTC instant of a wall-clock time; a time that does not exist takes the offset before the change,
    one that occurs twice is the first (Python's `fold=0` says both).
    """
    return datetime.combine(day, at.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def instant_of_minute(day: date, minute: int, zone: str) -> datetime:
    """UTC instant of a minute of the day, 0 to 1440; 1440 is the next midnight ("24:00")."""
    days, rest = divmod(minute, 1440)
    return instant(day + timedelta(days=days), time(rest // 60, rest % 60), zone)


def local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def local_text(at: datetime, zone: str) -> str:
    """`YYYY-MM-DDTHH:MM` in the zone, with its offset when that local time occurs twice."""
    local = at.astimezone(ZoneInfo(zone))
    offset = local.isoformat(timespec="minutes")
    return offset if _occurs_twice(local) else offset[:16]


def _occurs_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
