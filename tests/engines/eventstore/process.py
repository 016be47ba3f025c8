"""An event store for a session of tests: the real one that is named, else a development server of our own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
