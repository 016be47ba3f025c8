"""A command over HTTP with everything on, beside the same POST to a bare CRUD application, round by round.

Ours checks a token and a role, keeps the idempotency key, appends durably, and relays and projects beside it. Each
application runs alone under uvicorn; the clients are a process of their own and the same for both.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from bench.report import Row, say
from bench.served import served

from carnet.kernel.issuer import embedded
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.identity import Person

ROUNDS: Final = 3
SECONDS: Final = 2.5
MANY: Final = 8
READY: Final = {"objects": "/objects/health/ready", "crud": "/docs"}
PEER: Final = "FastAPI + SQLModel CRUD, FULL"

Measured: TypeAlias = dict[str, float]


def measured(kind: str) -> dict[int, Measured]:
    """Serve an application and give what the clients saw, by their number."""
    with TemporaryDirectory() as folder, served(kind, Path(folder), READY[kind]) as server:
        token = planner(Path(folder))
        return {clients: load(server.address, clients, token) for clients in (1, MANY)}


def planner(folder: Path) -> str:
    person = Person(subject="anna", name="Anna", roles=frozenset({"planner"}))
    return embedded(ServiceSettings(data=folder)).issue(person)


def load(address: str, clients: int, token: str) -> Measured:
    command = [sys.executable, "-m", "bench.load", address.removeprefix("http://"), str(clients), str(SECONDS), token]
    result: Measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result


def rows() -> Iterator[Row]:
    rounds = [(measured("objects"), measured("crud")) for _ in range(ROUNDS)]
    many, one = ([(ours[n], theirs[n]) for ours, theirs in rounds] for n in (MANY, 1))
    yield compared("command over HTTP, 8 clients", "rate", "commands/s", ">= 2x", many)
    yield compared("command over HTTP, 8 clients, p99", "p99", "ms", ">= 2x", many)
    yield compared("command over HTTP, 8 clients, p50", "p50", "ms", "", many)
    yield compared("command over HTTP, one client, p50", "p50", "ms", ">= 1x", one)


def compared(name: str, what: str, unit: str, budget: str, pairs: list[tuple[Measured, Measured]]) -> Row:
    """Give the medians of the rounds, and the median of their ratios: how many times better ours is."""
    values = [(ours[what], theirs[what]) for ours, theirs in pairs]
    ratio = median(ours / theirs if what == "rate" else theirs / ours for ours, theirs in values)
    ours, theirs = (round(median(side), 2) for side in zip(*values, strict=True))
    return Row(name, ours, unit, budget, PEER, theirs, round(ratio, 2))


if __name__ == "__main__":
    say(rows())
