"""Playing the demonstration with its progress on the screen."""

from datetime import date
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from carnet.kernel.serve import NotReady
from carnet.kernel.trouble import first_line
from carnet.runner.demo import play
from carnet.runner.demo.office import Surprise


async def played(client: httpx.AsyncClient) -> dict[str, Any]:
    """Play the year and show the day on stderr; give its figures. Raises NotReady where the suite stops it."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as screen:
        bar = screen.add_task("the year 2026", total=None)

        def show(day: date, n: int, of: int) -> None:
            screen.update(bar, description=f"{day}", completed=n, total=of)

        try:
            return await play(client, show)
        except Surprise as answer:
            raise NotReady(f"The demonstration stopped, run it again to go on: {first_line(answer)}") from answer
