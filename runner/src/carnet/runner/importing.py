"""`carnet import objects`: a file read here, its rows sent to the suite, what was refused said line by line."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from carnet.kernel.decider import Rejected
from carnet.objects.api.import_client import Report, import_rows
from carnet.objects.api.import_file import read_file, read_mapping
from carnet.objects.domain.imports.rows import Row
from carnet.runner.suite import reached

SAY = Console(stderr=True, highlight=False)
SHOWN = 20  # refused rows that are printed; the rest goes by reason


class ImportRefused(Exception):
    """The file or its mapping cannot be read, said in one sentence."""


@contextmanager
def refusals() -> Iterator[None]:
    """Say in one sentence what cannot be read as a whole; raises ImportRefused."""
    try:
        yield
    except Rejected as error:
        raise ImportRefused(str(error)) from error
    except OSError as error:
        raise ImportRefused(f"{error.filename}: {error.strerror}." if error.filename else str(error)) from error


def rows_of(file: Path, mapping: Path) -> Iterator[Row]:
    """Give the rows of a file, read as the mapping says; raises ImportRefused for a mapping that makes no sense."""
    with refusals():
        return read_file(file, read_mapping(mapping.read_bytes()))


async def import_objects(rows: Iterable[Row], data: Path, front: str) -> None:
    """Import the objects of some rows; raises ImportRefused for a file that cannot be read as a whole."""
    with refusals():
        report, seconds = await send(rows, data, front)
    tell(report, seconds)


async def send(rows: Iterable[Row], data: Path, front: str) -> tuple[Report, float]:
    """Send the rows with a progress bar; give what became of them and the seconds until all were acknowledged."""
    async with reached(data, front) as suite:
        began = monotonic()
        with screen() as progress:
            bar = progress.add_task("rows", total=None)
            report = await import_rows(suite, rows, lambda so_far: progress.update(bar, description=line(so_far)))
        return report, monotonic() - began


def screen() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=SAY, transient=True)


def line(report: Report) -> str:
    return f"{report.rows} rows, {report.registered} new, {report.known} known, {len(report.refused)} refused"


def tell(report: Report, seconds: float) -> None:
    """Say what came in, what was refused and why, and how long it took."""
    SAY.print(f"{line(report)}, {report.left_out} left out by the mapping, {report.levels} nodes made above them")
    SAY.print(f"{seconds:.1f} s, {report.rows / seconds:.0f} rows/s")
    for row in report.refused[:SHOWN]:
        SAY.print(f"  line {row.line}: {row.column}: {row.reason}")
    for reason, count in Counter(row.column for row in report.refused).most_common():
        SAY.print(f"  {count} refused for {reason}")
