"""The demonstration: the year 2026 of Rochat Ascenseurs SA, played through the services' HTTP endpoints alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from carnet.kernel.service import CONTEXTS
from carnet.runner.demo.counts import figures
from carnet.runner.demo.office import Office
from carnet.runner.demo.year import YEAR, live_through

LAST_DAY = "2026-12-31"
Progress = Callable[[date, int, int], None]


async def play(client: httpx.AsyncClient, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Play the year, adding nothing to what was played before; give its figures and the seconds that it took."""
    began, office = monotonic(), Office(client)
    for n, (day, steps) in enumerate(YEAR, 1):
        progress(date.fromisoformat(day), n, len(YEAR))
        await live_through(office, date.fromisoformat(day), steps)
    await office.put(f"/{CONTEXTS[0]}/ops/day", {"day": LAST_DAY})
    return {**await figures(office), "seconds": round(monotonic() - began, 1)}


def is_loaded(data: Path) -> bool:
    """Say whether a data folder has got the whole year: its business day has come to the last one."""
    file = data / "business-day"
    return file.exists() and file.read_text().strip() >= LAST_DAY
