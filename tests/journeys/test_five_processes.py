"""The year with each service a process of its own, behind one front door: the same to the cent and to the mail."""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from engines.fixtures import skipping
from engines.ports import free_port
from engines.processes import CARNET, Processes, Settings, five_processes
from engines.real import rooms_on
from expected import DOCUMENTS, FIGURES, total

from carnet.kernel.service import CONTEXTS
from carnet.runner.demo.office import Office
from carnet.runner.suite import reached

pytestmark = pytest.mark.timeout(900)
PATIENCE_SECONDS = 600  # on a machine that does other things too
NUMBERED = {"invoice", "collective_invoice", "credit_note"}


@dataclass
class Postbox:
    """A mail server that counts how often each message came."""

    came: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802  # the library's name
        self.came[str(message_from_bytes(envelope.original_content or b"")["Message-ID"])] += 1
        return "250 taken"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    """A mail server and its address."""
    controller = Controller(box := Postbox(), hostname="127.0.0.1", port=(port := free_port()))
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def real_engines(request: pytest.FixtureRequest) -> Iterator[Settings]:
    """What each service is told of its engines: its own database, its own streams and topics on shared servers."""
    names = ("postgres_server", "kafka_server", "eventstore")
    database, bus, store = (request.getfixturevalue(name) for name in names)
    asyncio.run(bus.clean())
    with rooms_on(database, bus, store) as told:
        yield told
    asyncio.run(bus.clean())


def demo(suite: Processes) -> subprocess.Popen[str]:
    """Play the year through the front door, whose address stands in the data folder."""
    command = [CARNET, "demo", "--json", "--data", str(suite.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(playing: subprocess.Popen[str], suite: Processes) -> dict[str, Any]:
    """Give the figures of the year."""
    out, error = playing.communicate(timeout=PATIENCE_SECONDS)
    assert playing.returncode == 0, error + suite.said()
    return {name: value for name, value in json.loads(out).items() if name != "seconds"}


def verified(suite: Processes) -> None:
    command = [CARNET, "verify", "--data", str(suite.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + suite.said()


async def listed(suite: Processes) -> list[list[Any]]:
    """Give every numbered document as `expected` lists it."""
    async with reached(suite.folder, suite.address) as client:
        office = Office(client)
        parties = {party["id"]: party["number"] for party in await office.all("/objects/parties")}
        documents = await office.all("/invoicing/invoices")
    return sorted(line(each, parties) for each in documents if each["kind"] in NUMBERED)


def line(document: dict[str, Any], parties: dict[str, str]) -> list[Any]:
    amounts = [total(document[name]) for name in ("net", "vat", "total", "rounding", "payable")]
    return [document["number"], document["issued_on"], parties[document["debtor_id"]], *amounts]


def expected() -> list[list[Any]]:
    rows = ([part.strip() for part in row.split("|")] for row in DOCUMENTS.strip().splitlines())
    return sorted([number, on, debtor, *map(Decimal, amounts)] for number, on, debtor, *amounts in rows)


def wait_for_documents(count: int, suite: Processes, playing: subprocess.Popen[str]) -> None:
    """Wait until the year has come to so many documents."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while len(asyncio.run(listed(suite))) < count:
        assert playing.poll() is None, finished(playing, suite)
        assert time.monotonic() < give_up, suite.said()
        time.sleep(0.2)


def test_the_year_is_the_same_to_the_cent(postbox: tuple[Postbox, str], tmp_path: Path) -> None:
    box, smtp = postbox
    with skipping("front door"), five_processes(tmp_path, environment={"CARNET_SMTP": smtp}) as suite:
        assert finished(demo(suite), suite) == FIGURES
        verified(suite)
        assert asyncio.run(listed(suite)) == expected()
    assert set(box.came.values()) == {1}
    assert len(box.came) == FIGURES["notifications"]["email"]


def test_on_real_engines_two_replicas_of_each_change_nothing_not_even_when_one_of_each_is_killed(
    real_engines: Settings, postbox: tuple[Postbox, str], tmp_path: Path
) -> None:
    box, smtp = postbox
    environment = {"CARNET_SMTP": smtp}
    with skipping("front door"), five_processes(tmp_path, real_engines, replicas=2, environment=environment) as suite:
        playing = demo(suite)
        wait_for_documents(3, suite, playing)
        firsts = [suite.of(context)[0] for context in CONTEXTS]
        for replica in firsts:
            replica.kill()
        wait_for_documents(7, suite, playing)
        assert playing.poll() is None  # it was in the middle
        for replica in firsts:
            replica.start()
        assert finished(playing, suite) == FIGURES
        verified(suite)
        assert asyncio.run(listed(suite)) == expected()
    assert len(box.came) == FIGURES["notifications"]["email"]
    assert sum(box.came.values()) <= len(box.came) + 1  # one may have been on its way when its sender was killed
