"""`python -m bench [row …]`: measure all rows or those named, each in a process and a folder of its own.

Prints a table and writes `bench/results.json`; rows that were not measured now stay as they were, unless all were.
Exit status 1 when a row failed, 0 otherwise: a missed budget is a result, said in the table.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Row, machine, read, show, write
from rich.console import Console

ROWS = (
    "append", "rehydrate", "rebuild", "search", "command", "crossing", "imports", "suite", "billing", "billing_growth",
    "billing_suite", "documents", "scale", "postgres", "kafka", "processes",
)  # fmt: skip
HERE = Path(__file__).parent
ROOT = HERE.parent
SECONDS = 300
LONGER = {"billing_growth": 1500, "billing_suite": 900, "scale": 3600}  # seconds: a million objects are heard first
WIDE = 160  # columns where no terminal says otherwise


def measured(name: str) -> list[Row]:
    """Run one benchmark; what fails is a row that says so."""
    (ROOT / ".cache").mkdir(exist_ok=True)  # on the project's disk: a folder in memory would sync for nothing
    with TemporaryDirectory(dir=ROOT / ".cache") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as a user of its own, and passes through
        environment = {**os.environ, "TMPDIR": folder, "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT / "tests")}
        command = [sys.executable, "-m", f"bench.{name}"]
        try:
            ran = subprocess.run(
                command, check=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds(name)
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            return [*said(error.stdout), failed(name, error)]
    return said(ran.stdout)


def said(output: str | bytes | None) -> list[Row]:
    """Read the rows that a benchmark has printed, also those before it failed."""
    text = output.decode() if isinstance(output, bytes) else output or ""
    return [read(line) for line in text.splitlines() if line.startswith("{")]


def seconds(name: str) -> int:
    """Give how long a benchmark may take."""
    return LONGER.get(name, SECONDS)


def failed(name: str, error: subprocess.CalledProcessError | subprocess.TimeoutExpired) -> Row:
    told = error.stderr.decode() if isinstance(error.stderr, bytes) else error.stderr or ""
    last = told.strip().splitlines()[-1:] or [f"longer than {seconds(name)} s"]
    return Row(name, None, "", note=f"failed: {last[0][:200]}")


def main(names: list[str]) -> int:
    console = Console(stderr=True)
    if unknown := set(names) - set(ROWS):
        console.print(f"There is no row {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}.")
        return 2
    on, rows = machine(), []
    for name in names or ROWS:
        with console.status(f"measuring {name} …"):
            rows += measured(name)
    show(rows, Console(width=None if sys.stdout.isatty() else WIDE))
    write(HERE / "results.json", rows, on, whole=not names)
    return int(any(row.note.startswith("failed") for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
