"""kill -9 in the middle of the demonstration, again and again: what was acknowledged is there, and it ends the same."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from expected import FIGURES

from carnet.kernel.service import CONTEXTS
from carnet.kernel.store.sqlite import SqliteEventStore

CARNET = str(Path(sys.executable).parent / "carnet")
KILLED_AT = (40, 130)  # events in dispatch's store: in the first weeks, and in summer
PATIENCE_SECONDS = 240

Streams = dict[str, list[tuple[str, Any]]]


def demo(data: Path) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [CARNET, "demo", "--json", "--data", str(data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)


def events_in(file: Path) -> int:
    if not file.exists():
        return 0
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        found: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        return found


def wait_for(events: int, file: Path, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if events_in(file) >= events:
                return
        except sqlite3.OperationalError:
            pass  # the file is being made
        time.sleep(0.02)
    pytest.fail(f"the demonstration did not come to {events} events")


async def all_streams(data: Path) -> dict[str, Streams]:
    """Give what each context recorded, by stream, without the store's own times and the cause's record time."""
    found = {}
    for context in CONTEXTS:
        store = SqliteEventStore.open(data / context / "events.db")
        streams: Streams = defaultdict(list)
        position = None
        while page := await store.read_all(position):
            for event in page:
                streams[event.stream].append((event.type, json.loads(event.data)))
            position = page[-1].position
        await store.close()
        found[context] = streams
    return found


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("clean")
    assert demo(data).wait(PATIENCE_SECONDS) == 0
    return data


def test_killed_in_the_middle_it_ends_with_the_same_events(tmp_path: Path, clean: Path) -> None:
    for events in KILLED_AT:
        process = demo(tmp_path)
        wait_for(events, tmp_path / "dispatch" / "events.db", process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    last = demo(tmp_path)
    figures = json.loads(last.communicate(timeout=PATIENCE_SECONDS)[0])
    assert {name: value for name, value in figures.items() if name != "seconds"} == FIGURES
    killed, whole = asyncio.run(all_streams(tmp_path)), asyncio.run(all_streams(clean))
    for context in CONTEXTS:
        assert killed[context].keys() == whole[context].keys(), context
        for stream, recorded in whole[context].items():
            assert killed[context][stream] == recorded, stream
    verified = subprocess.run([CARNET, "verify", "--data", str(tmp_path)], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
