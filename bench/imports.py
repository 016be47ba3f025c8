"""`carnet import objects` into a running suite: rows a second until acknowledged, and until the last read model.

The file is the first rows of the register of New York's lifts where it lies in `shared/data` beside the repository,
else one of the same columns that is made here.
"""

import asyncio
import csv
import gzip
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.report import Row, say
from bench.served import suite_up

from carnet.runner.suite import client, settle

ROOT: Final = Path(__file__).parent.parent
REGISTER: Final = ROOT.parent / "shared" / "data" / "nyc-elevators.csv.gz"
MAPPING: Final = ROOT / "docs" / "examples" / "nyc-elevators.mapping.yaml"
ROWS: Final = 10_000
PATIENCE: Final = 200.0
TOLD: Final = re.compile(r"([\d.]+) s, (\d+) rows/s")
COLUMNS: Final = (
    "DV_DEVICE_NUMBER,Device Status,BIN,TAX_BLOCK,TAX_LOT,HOUSE_NUMBER,STREET_NAME,ZIP_CODE,Borough,Device Type,"
    "DV_LASTPER_INSP_DATE,DV_APPROVAL_DATE,DV_MANUFACTURER,DV_TRAVEL_DISTANCE,DV_SPEED_FPM,DV_CAPACITY_LBS,"
    "DV_MACHINE_TYPE,DV_STATUS_DATE,DV_FLOOR_FROM,DV_FLOOR_TO\n"
)


def lines() -> Iterable[str]:
    """Give the file's lines: the register's, or made ones."""
    if REGISTER.exists():
        with gzip.open(REGISTER, "rt", encoding="utf-8") as register:
            return list(islice(register, ROWS + 1))
    return chain([COLUMNS], (",".join(made(number)) + "\n" for number in range(ROWS)))


def made(number: int) -> list[str]:
    building = number // 3
    place = [str(1_000_000 + building), str(1 + building // 20), "1", str(1 + building % 200), "WEST BROADWAY", "10012"]
    technical = ["20140325", "19960524", "OTIS", "120", "350", "2500", "OG", "20140113", "1", "12"]
    return [f"1P{number + 1}", "A", *place, "Manhattan", "Passenger Elevator (P)", *technical]


def measured() -> tuple[float, float, int]:
    """Give the rows a second until acknowledged and until the last read model, and how many rows there were."""
    with TemporaryDirectory() as folder, suite_up(Path(folder) / "data") as server:
        file = Path(folder) / "objects.csv"
        file.write_text("".join(lines()), encoding="utf-8")
        count = sum(1 for _ in csv.reader(file.open(encoding="utf-8"))) - 1
        begin = time.perf_counter()
        seconds = acknowledged(file, Path(folder) / "data")
        started = time.perf_counter() - begin - seconds
        asyncio.run(caught_up(Path(folder) / "data", server.address))
        return count / seconds, count / (time.perf_counter() - begin - started), count


def acknowledged(file: Path, data: Path) -> float:
    """Import the file by the command; give the seconds that it says the rows took."""
    carnet = str(Path(sys.executable).with_name("carnet"))
    command = [carnet, "import", "objects", str(file), "--mapping", str(MAPPING), "--data", str(data)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = TOLD.search(said)
    assert found, said
    return float(found[1])


async def caught_up(data: Path, address: str) -> None:
    async with client(data, address) as suite:
        await settle(suite, PATIENCE)


def rows() -> Iterator[Row]:
    taken, seen, count = measured()
    note = f"{count} rows of {'the register of New York' if REGISTER.exists() else 'a made file'}, suite running"
    yield Row("import of objects, acknowledged", round(taken), "rows/s", ">= 5000", note=note)
    yield Row("import of objects, to the last read model", round(seen), "rows/s", note=note)


if __name__ == "__main__":
    say(rows())
