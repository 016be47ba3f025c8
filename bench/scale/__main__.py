"""What grows with what: a register of objects, contracts, a year of orders, at 10,000, 100,000 and a million of them.

Each size runs in a process and a folder of its own. CARNET_BENCH_SIZES (such as 1000,10000) names other sizes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.report import Row, say
from bench.scale.figures import Figure, Figures, rows
from bench.scale.starting import started
from engines import NotHere
from engines.postgres import Server, fresh_database, server

SIZES: Final = [int(size) for size in os.environ.get("CARNET_BENCH_SIZES", "10000,100000,1000000").split(",")]
LESS: Final = [size for size in SIZES if size <= 100_000]


def all_rows() -> Iterator[Row]:
    yield from rows("objects", ((size, register(size)) for size in SIZES))
    yield from on_postgresql("objects in PostgreSQL")
    yield from rows("contracts", ((size, alone("contracts", size)) for size in LESS))
    yield from rows("orders of a year", ((size, alone("planning", size)) for size in SIZES))


def register(size: int) -> Figures:
    """Measure a register, then start its service again, and back its folder up."""
    with TemporaryDirectory() as folder:
        return measured("objects", folder, str(size)) | started(Path(folder))


def alone(part: str, size: int) -> Figures:
    with TemporaryDirectory() as folder:
        return measured(part, folder, str(size))


def on_postgresql(title: str) -> Iterator[Row]:
    try:
        with server(durable=True) as here:
            yield from rows(title, ((size, in_database(here, size)) for size in LESS))
    except NotHere as reason:
        yield Row(title, None, "", note=str(reason))


def in_database(here: Server, size: int) -> Figures:
    with TemporaryDirectory() as folder, fresh_database(here) as url:
        return measured("objects", folder, str(size), url)


def measured(part: str, *arguments: str) -> Figures:
    command = [sys.executable, "-m", f"bench.scale.{part}", *arguments]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: Figure(*figure) for name, figure in json.loads(said).items()}


if __name__ == "__main__":
    say(all_rows())
