"""The oracle of cycles and deadlines: it walks through real minutes and looks at the clock on the wall (R6, R7)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oracle.calendar_days import occurrence

MINUTE = timedelta(minutes=1)


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """Give the real minutes at which the clock on the wall shows the time: none, one or two."""
    about = local.replace(tzinfo=UTC)
    offsets = {
        about - wall(near, zone).replace(tzinfo=UTC) + near
        for near in (about - timedelta(days=2), about + timedelta(days=2))
    }
    return sorted(at for at in offsets if wall(at, zone) == local)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Give the first of them; a time that does not exist takes the offset before the change."""
    found = instants(local, zone)
    if found:
        return found[0]
    before = local.replace(tzinfo=UTC) - timedelta(days=2)
    return local.replace(tzinfo=UTC) - (wall(before, zone).replace(tzinfo=UTC) - before)


def cycles(told: dict[str, Any]) -> list[str]:
    """Give the dates, or the instants, of a scenario of kind cycles."""
    anchor, every = date.fromisoformat(told["anchor"]), int(told["every_months"])
    dates = [occurrence(anchor, k * every) for k in range(int(told["count"]))]
    if "at" not in told:
        return [day.isoformat() for day in dates]
    zone = ZoneInfo(told["zone"])
    times = [instant(datetime.fromisoformat(f"{day.isoformat()}T{told['at']}"), zone) for day in dates]
    return [f"{time:%Y-%m-%dT%H:%MZ}" for time in times]


def minutes(text: str) -> int:
    return int(text[:-1]) * {"h": 60, "m": 1}[text[-1]]


def spans(day: date, told: dict[str, Any], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Give the opening hours of a local day between real moments."""
    calendar = told["calendar"]
    windows = [] if day.isoformat() in calendar.get("holidays", []) else calendar["hours"].get(f"{day:%a}".lower(), [])
    for first, last in (window.split("-") for window in windows):
        yield tuple(instant(at_clock(day, text), zone) for text in (first, last))  # type: ignore[misc]


def at_clock(day: date, text: str) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def counted(told: dict[str, Any], zone: ZoneInfo) -> Iterator[datetime]:
    """Give the end of each real minute in which time runs: the service is open, and nothing is paused."""
    at = instant(datetime.fromisoformat(told["reported"]), zone)
    paused = [
        tuple(
            instant(at_clock(date.fromisoformat(pause[edge][:10]), pause[edge][11:]), zone) for edge in ("from", "to")
        )
        for pause in told.get("pauses", [])
    ]
    while True:
        day = wall(at, zone).date()
        near = [span for n in (-1, 0, 1) for span in spans(day + timedelta(days=n), told, zone)]
        tomorrow = at + timedelta(hours=1)
        while at < tomorrow:
            if any(first <= at < last for first, last in near) and not any(
                first <= at < last for first, last in paused
            ):
                yield at + MINUTE
            at += MINUTE


def shown(at: datetime, zone: ZoneInfo) -> str:
    """Give a moment as local time, with its offset when the local time occurs twice."""
    local = at.astimezone(zone)
    twice = len(instants(wall(at, zone), zone)) == 2
    return local.isoformat(timespec="minutes")[: None if twice else 16]


def deadline(told: dict[str, Any]) -> dict[str, str]:
    """Give the moments of a scenario of kind deadline."""
    zone, within = ZoneInfo(told["calendar"]["zone"]), minutes(told["within"])
    ends = counted(told, zone)
    run = [next(ends) for _ in range(within)]
    due = {"due": shown(run[-1], zone)}
    if "escalate_before" not in told:
        return due
    return {**due, "escalate": shown(run[within - minutes(told["escalate_before"]) - 1], zone)}
