"""Runs the worked cases of kinds `cycles` and `deadline` that lie beside the repository, where they are there."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from carnet.contracts.domain.cycles import occurrence, occurrence_at
from carnet.contracts.domain.deadlines import deadline
from carnet.contracts.domain.service_calendar import ServiceCalendar, Span
from carnet.contracts.domain.wall_clock import instant, local_text

SCENARIOS = Path(__file__).resolve().parents[4] / "shared" / "scenarios"
UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1)}


def files(folder: str) -> list[Any]:
    found = [pytest.param(path, id=path.stem) for path in sorted((SCENARIOS / folder).glob("*.yaml"))]
    absent = pytest.param(None, marks=pytest.mark.skip(reason=f"no scenarios at shared/scenarios/{folder}"))
    return found or [absent]


def cycles(case: dict[str, Any]) -> list[str]:
    anchor, every = date.fromisoformat(case["anchor"]), case["every_months"]
    if "at" not in case:
        return [occurrence(anchor, every, k).isoformat() for k in range(case["count"])]
    at, zone = time.fromisoformat(case["at"]), case["zone"]
    return [f"{occurrence_at(anchor, every, k, at, zone):%Y-%m-%dT%H:%MZ}" for k in range(case["count"])]


def deadlines(case: dict[str, Any]) -> dict[str, str]:
    calendar = ServiceCalendar.model_validate(case["calendar"])
    within = duration(case["within"])
    due = {"due": when(calendar, case, within)}
    if "escalate_before" in case:
        due["escalate"] = when(calendar, case, within - duration(case["escalate_before"]))
    return due


def when(calendar: ServiceCalendar, case: dict[str, Any], within: timedelta) -> str:
    pauses = [Span(wall(pause["from"], calendar), wall(pause["to"], calendar)) for pause in case.get("pauses", [])]
    due = deadline(calendar, wall(case["reported"], calendar), within, pauses)
    return local_text(due, calendar.zone)


def wall(text: str, calendar: ServiceCalendar) -> datetime:
    local = datetime.fromisoformat(text)
    return instant(local.date(), local.time(), calendar.zone).astimezone(UTC)


def duration(text: str) -> timedelta:
    return int(text[:-1]) * UNITS[text[-1]]


@pytest.mark.parametrize("path", files("cycles"))
def test_cycles(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    assert cycles(case) == case["expect"]


@pytest.mark.parametrize("path", files("deadlines"))
def test_deadlines(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    assert deadlines(case) == case["expect"]
