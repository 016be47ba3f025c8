"""An event store for a session of tests: the real one that is named, else a development server of our own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engines.leash import leashed

TESTS = Path(__file__).parents[2]
STOP_SECONDS = 20


@contextmanager
def event_store() -> Iterator[str]:
    """Give the URI of an event store: `CARNET_EVENTSTORE`, else of a development server that ends with the block."""
    if named := os.environ.get("CARNET_EVENTSTORE"):
        yield named
    else:
        with development_server() as uri:
            yield uri


@contextmanager
def development_server(*arguments: str) -> Iterator[str]:
    """Give the URI of a development server in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "engines.eventstore", "--port", "0", *arguments]
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        with leashed('kill "$1"', str(process.pid)):
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        process.wait(STOP_SECONDS)
