"""Playing the demonstration with its progress on the screen."""

from datetime import date
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from carnet.runner.demo import play


async def played(client: httpx.AsyncClient) -> dict[str, Any]:
    """Play the year and show the day on stderr; give its figures."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as screen:
        bar = screen.add_task("the year 2026", total=None)

        def show(day: date, n: int, of: int) -> None:
            screen.update(bar, description=f"{day}", completed=n, total=of)

        return await play(client, show)
