"""Five processes behind a front door beside the one process: the demonstration, commands over HTTP, memory.

The five run on the embedded engines, and on the real ones where these are (`tests/engines` says where they come from;
`PYTHONPATH=tests`; the event store is the development server unless `CARNET_EVENTSTORE` names a real one).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.command import MANY, Measured, load, planner
from bench.report import Row, say
from bench.served import suite_up
from bench.suite import demonstration
from engines import NotHere, kafka, postgres
from engines.eventstore.process import event_store
from engines.processes import Settings, embedded, five_processes
from engines.real import rooms_on

PEER: Final = "one process"
EMBEDDED: Final = "five processes, embedded engines"
REAL: Final = "five processes, Kafka, PostgreSQL, event store"


@dataclass(frozen=True)
class Ran:
    """What one deployment did."""

    year: float  # seconds
    commands: Measured
    memory: float  # MiB, after the year


def one_process() -> Ran:
    with TemporaryDirectory() as folder, suite_up(Path(folder)) as server:
        year, commands = at_work(Path(folder), server.address)
        return Ran(year, commands, server.resident_mib)


def five(settings: Settings) -> Ran:
    with TemporaryDirectory() as folder, five_processes(Path(folder), settings) as suite:
        year, commands = at_work(Path(folder), suite.address)
        return Ran(year, commands, sum(replica.resident_mib for replica in suite.replicas))


def five_on_real_engines() -> Ran:
    """Run on servers that keep what they acknowledge; raises NotHere."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres.server(durable=True))
        bus, store = stack.enter_context(kafka.server()), stack.enter_context(event_store())
        return five(stack.enter_context(rooms_on(database, bus, store)))


def at_work(folder: Path, address: str) -> tuple[float, Measured]:
    figures: dict[str, Any] = demonstration(folder)
    return figures["seconds"], load(address, MANY, planner(folder))


def rows() -> Iterator[Row]:
    one = one_process()
    yield from beside(EMBEDDED, five(embedded), one)
    try:
        yield from beside(REAL, five_on_real_engines(), one)
    except NotHere as reason:
        yield Row(REAL, None, "", note=str(reason))


def beside(name: str, ran: Ran, one: Ran) -> Iterator[Row]:
    """Give a deployment's rows, each with how many times better it was than the one process."""
    yield Row(f"{name}: the year", ran.year, "s", "", PEER, one.year, round(one.year / ran.year, 2))
    for what, unit in {"rate": "commands/s", "p50": "ms", "p99": "ms"}.items():
        ours, theirs = round(ran.commands[what], 2), round(one.commands[what], 2)
        ratio = ours / theirs if what == "rate" else theirs / ours
        yield Row(f"{name}: commands, {MANY} clients, {what}", ours, unit, "", PEER, theirs, round(ratio, 2))
    ours, theirs = round(ran.memory), round(one.memory)
    yield Row(f"{name}: memory after the year", ours, "MiB", "", PEER, theirs, round(theirs / ours, 2))


if __name__ == "__main__":
    say(rows())
