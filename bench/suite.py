"""The whole suite in one process: ready, its memory, and the demonstration's year played on it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import Row, say
from bench.served import suite_up


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, suite_up(Path(folder)) as server:
        yield Row("carnet up to ready", round(server.seconds, 2), "s", "<= 8")
        yield Row("its memory when ready", round(server.resident_mib), "MiB", "<= 350")
        figures = demonstration(Path(folder))
        yield Row("the demonstration's year", round(figures["seconds"], 1), "s", "<= 60", note=counted(figures))
        yield Row("memory after the year", round(server.resident_mib), "MiB", "<= 350")


def demonstration(folder: Path) -> dict[str, Any]:
    """Play the year through the running suite; give its figures."""
    carnet = str(Path(sys.executable).with_name("carnet"))
    command = [carnet, "demo", "--json", "--data", str(folder)]
    figures: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return figures


def counted(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in figures.items() if name != "seconds").replace("'", "")


if __name__ == "__main__":
    say(rows())
