"""Durable appends, sixteen clients, one event each: ours beside the peers, in one run, round by round.

The peers run in `.bench-venv` (made when it is missing) in a process of their own. Rates are medians of the rounds; a
ratio is the median of each round's ratio, since a disk that others use changes from round to round.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

from bench.report import Row, say

from carnet.kernel.store.port import NO_STREAM, NewEvent
from carnet.kernel.store.sqlite import SqliteEventStore

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
VENV = ROOT / ".bench-venv"
BUDGETS = {"raw": 5, "eventsourcing": 5, "umadb": 2}
CLIENTS, STREAM_EVENTS, ROUNDS, SECONDS = 16, 100, 5, 1.5


def peers_python() -> Path:
    """Give the interpreter of the peers' environment, after making it from its lock where it is missing."""
    python = VENV / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        lock = Path(__file__).parent / "requirements.lock"
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(lock)]
        subprocess.run(install, check=True)
    return python


async def ours(path: Path) -> float:
    """Give our events a second."""
    store = SqliteEventStore.open(path)
    begin = time.perf_counter()
    counts = await asyncio.gather(*(client(store, number, begin + SECONDS) for number in range(CLIENTS)))
    spent = time.perf_counter() - begin
    await store.close()
    return sum(counts) / spent


async def client(store: SqliteEventStore, number: int, until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        stream, revision = divmod(count, STREAM_EVENTS)
        event = NewEvent(uuid4(), "order-created.v1", b"x" * 200, {"actor": "anna"})
        await store.append(f"order-{number}-{stream}", [event], revision - 1 if revision else NO_STREAM)
        count += 1
    return count


def theirs(python: Path, peer: str, folder: Path) -> float:
    """Give a peer's events a second."""
    command = [str(python), str(PEERS / "append.py"), peer, str(folder), str(SECONDS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def one_round(python: Path) -> dict[str, float]:
    (ROOT / ".cache").mkdir(exist_ok=True)  # on the disk of the project: a folder in memory would sync for nothing
    with TemporaryDirectory(dir=ROOT / ".cache") as folder:
        rates = {peer: theirs(python, peer, Path(folder)) for peer in BUDGETS}
        return {**rates, "ours": asyncio.run(ours(Path(folder) / "ours.db"))}


def rows() -> list[Row]:
    """Measure all rounds and give a row a peer."""
    python = peers_python()
    rounds = [one_round(python) for _ in range(ROUNDS)]
    return [row(peer, rounds) for peer in BUDGETS]


def row(peer: str, rounds: list[dict[str, float]]) -> Row:
    value, theirs = (round(median(measured[who] for measured in rounds)) for who in ("ours", peer))
    ratio = round(median(measured["ours"] / measured[peer] for measured in rounds), 2)
    return Row("durable appends, 16 clients", value, "events/s", f">= {BUDGETS[peer]}x", peer, theirs, ratio)


if __name__ == "__main__":
    say(rows())
