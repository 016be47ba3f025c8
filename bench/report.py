"""What a benchmark says: a row a measurement, whether its budget was met, and the table of all."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measurement; `ratio` is how many times better than the peer (rates: ours / theirs, times: theirs / ours).

    `budget` lists limits such as ">= 30000", "<= 15" (of `value`, in its unit) and ">= 2x" (of `ratio`), with commas;
    "" where the value is only reported. `value` is None for what was not measured; `note` then says why.
    """

    name: str
    value: float | None
    unit: str
    budget: str = ""
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Say whether every limit holds; None without a limit or a value."""
        if not self.budget or self.value is None:
            return None
        return all(self.holds(limit.strip()) for limit in self.budget.split(","))

    def holds(self, limit: str) -> bool:
        sign, bound = limit.split()[:2]
        measured = self.ratio if bound.endswith("x") else self.value
        if measured is None:
            return False
        return measured >= float(bound.rstrip("x")) if sign == ">=" else measured <= float(bound.rstrip("x"))


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least `share` (0 to 1) of all values do not exceed."""
    return sorted(values)[max(0, ceil(len(values) * share) - 1)]


def say(rows: Iterable[Row]) -> None:
    """Print a JSON object a line, as the run of all benchmarks reads them."""
    for row in rows:
        print(json.dumps(asdict(row)), flush=True)


def read(line: str) -> Row:
    """Read a row back."""
    return Row(**json.loads(line))


def machine() -> dict[str, Any]:
    """Say what was measured on, and how busy it was before."""
    return {
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def write(file: Path, rows: Iterable[Row], on: dict[str, Any], *, whole: bool = True) -> None:
    """Keep the results: each row with its budget, and the machine; other rows stay where the run was not the whole."""
    new = [{**asdict(row), "met": row.met, "machine": on} for row in rows]
    again = {(row["name"], row["peer"]) for row in new}
    earlier = [] if whole else json.loads(file.read_text())
    kept = [row for row in earlier if (row["name"], row["peer"]) not in again]
    file.write_text(json.dumps([*kept, *new], indent=1) + "\n")


def show(rows: Iterable[Row], console: Console) -> None:
    table = Table("what", "value", "unit", "budget", "peer", "peer's", "ratio", "", title="Carnet, measured")
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)


def cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:g}x"
    unjudged = "" if row.value is not None else "not measured"
    verdict = {True: "met", False: "[bold red]missed[/]", None: unjudged}[row.met]
    what = f"{row.name}\n[dim]{escape(row.note)}[/]" if row.note else row.name
    return what, number(row.value), row.unit, row.budget, row.peer, number(row.peer_value), ratio, verdict


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
