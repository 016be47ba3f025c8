"""`docs/operations.md`, followed section by section on a suite of five services that an operator has started."""

import asyncio
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from engines.ports import free_port
from engines.processes import CARNET

from carnet.events.objects import PartyRegistered
from carnet.kernel.bus.port import Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.trial import published
from carnet.runner.suite import bearing, client
from operating.night import HOST
from operating.pages import DOCS, Page
from operating.reader import Reader

PAGE = Page(DOCS / "operations.md")
ROOT = DOCS.parent
STOP_SECONDS = 60


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(PAGE, tmp_path, {"DATA": str(tmp_path / "data")})


@contextmanager
def up(data: Path, log: Path) -> Iterator[str]:
    """Start `carnet up` as an operator does, give its address, and stop it."""
    port = free_port()
    command = [CARNET, "up", "--no-demo", "--data", str(data), "--port", str(port)]
    with log.open("a") as said, subprocess.Popen(command, env={"PATH": os.environ["PATH"]}, stderr=said) as process:
        try:
            while "answers at" not in log.read_text():
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


async def test_operations(reader: Reader, tmp_path: Path) -> None:
    data = Path(reader.told["DATA"])
    for section in ("Before you begin", "Configure"):
        await reader.follow(section)
    with up(data, tmp_path / "first.log") as address:
        async with client(data, address) as office:
            reader.told |= {"FRONT": address, "TOKEN": office.headers["Authorization"].removeprefix("Bearer ")}
            await register(office)
            for section in ("Watch", "Rebuild a read model", "Pause, resume, publish again", "Add a consumer"):
                await reader.follow(section)
            await poison(data / "bus.db", await source(office))
            while not (letters := await dead_letters(office)):  # noqa: ASYNC110  # an answer rings no bell
                await asyncio.sleep(0.05)
            await reader.follow("Replay and skip", LETTER=json.dumps(letters[0]))
            assert letters[0]["consumer"] not in {letter["consumer"] for letter in await dead_letters(office)}
    await reader.follow("Rotate keys")
    with up(data, tmp_path / "second.log") as address:
        async with bearing(reader.told["TOKEN"], address) as before, client(data, address) as office:
            assert (await before.get("/objects/parties")).status_code == 401
            assert [party["number"] for party in (await office.get("/objects/parties")).json()["items"]] == ["K1"]
    assert reader.has_followed_all()


async def register(office: httpx.AsyncClient) -> None:
    """Record something that the sections can be tried on."""
    party = {"number": "K1", "name": "Régie du Lac"}
    assert (await office.post("/objects/parties", json=party)).status_code == 201


async def source(office: httpx.AsyncClient) -> str:
    """Give as what objects publishes: of another source, consumers would take the store for a restored one."""
    (event,) = (await office.get("/objects/events")).json()["events"]
    return str(event["source"])


async def poison(bus: Path, source: str) -> None:
    """Publish an event of objects that nobody can read, as a bug of theirs would."""
    envelope = published("party-broken", 0, -1, PartyRegistered(party_id="p", number="K2", name="x"))
    headers = envelope.model_copy(update={"source": source}).headers()
    opened = await SqliteBus.open(bus)
    await opened.publish("carnet.objects.v1", [Message("party-broken", b"{}", headers)])
    await opened.close()


async def dead_letters(office: httpx.AsyncClient) -> list[dict[str, str]]:
    return list((await office.get("/contracts/ops/dead-letters")).json())


def test_who_runs_a_block_elsewhere_is_there() -> None:
    named = re.findall(r"(?:services|shared|tests)/[\w/]+\.py", PAGE.file.read_text())
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
