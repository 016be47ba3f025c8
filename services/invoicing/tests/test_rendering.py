"""Issued documents get their files many at a time, in processes; what fails says why and is tried again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from carnet.invoicing.billing import rendering
from carnet.invoicing.documents import Document, DocumentRefused, render
from carnet.invoicing.documents.printers import FEW, Printers

YEAR = tomllib.loads((Path(__file__).parent / "test_documents_2026.toml").read_text("utf-8"), parse_float=Decimal)
MANY = FEW + 4
NEW_YEAR = date(2026, 1, 1)


def document(number: str, **changes: object) -> Document:
    facts = dict(YEAR["documents"]["R2026-0001"]) | changes
    recipient = YEAR["recipients"][facts.pop("to")]
    return Document.model_validate({"number": number, "supplier": YEAR["supplier"], "recipient": recipient, **facts})


@pytest.fixture
async def printers() -> AsyncIterator[Printers]:
    made = Printers(workers=2)
    yield made
    made.close()


async def test_many_are_rendered_by_processes_and_are_the_same_bytes(printers: Printers) -> None:
    bills = [document(f"R2026-{n:04d}") for n in range(MANY)]
    made = await asyncio.gather(*map(printers.pdf, bills))
    assert printers.pool is not None
    assert made == [render(each) for each in bills]


async def test_for_a_few_no_process_is_started(printers: Printers) -> None:
    await asyncio.gather(*(printers.pdf(document(f"R2026-{n:04d}")) for n in range(FEW)))
    assert printers.pool is None


async def test_what_is_refused_in_a_process_is_refused_here_and_the_others_come_out(printers: Printers) -> None:
    bills = [document(f"R2026-{n:04d}", **({"payable": Decimal(1)} if n == 2 else {})) for n in range(MANY)]
    made = await asyncio.gather(*map(printers.pdf, bills), return_exceptions=True)
    (refused,) = (each for each in made if not isinstance(each, bytes))
    assert isinstance(refused, DocumentRefused)
    assert "R2026-0002 does not add up" in str(refused)


async def test_a_process_that_dies_is_replaced_and_no_document_is_lost(printers: Printers) -> None:
    bills = [document(f"R2026-{n:04d}") for n in range(MANY)]
    await asyncio.gather(*map(printers.pdf, bills))
    assert printers.pool is not None
    for process in list(printers.pool._processes.values()):
        os.kill(process.pid or 0, signal.SIGKILL)
    made = await asyncio.gather(*map(printers.pdf, bills))
    assert made == [render(each) for each in bills]


ORPHANED = """
from carnet.invoicing.documents.printers import Printers
pool = Printers(workers=1).opened()
pool.submit(int).result()
print(*pool._processes, flush=True)
input()
"""


def test_processes_end_with_the_service_even_where_it_is_killed() -> None:
    command = [sys.executable, "-c", ORPHANED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        (worker,) = map(int, service.stdout.readline().split())
        assert is_alive(worker)
        service.kill()
    deadline = time.monotonic() + 60
    while is_alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and that nobody asks after does not."""
    return any("zombie" not in line for line in status(pid) if line.startswith("State:"))


def status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []


async def test_the_loop_goes_on_while_documents_are_rendered(printers: Printers) -> None:
    rendering_all = asyncio.gather(*(printers.pdf(document(f"R2026-{n:04d}")) for n in range(MANY)))
    looked = 0
    while not rendering_all.done():
        looked += 1
        await asyncio.sleep(0)
    assert looked > MANY
    assert len(await rendering_all) == MANY


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give what no document can be rendered for: a number and why."""
    why: dict[str, str] = {}

    class Jammed(Printers):
        async def pdf(self, document: Document) -> bytes:
            if reason := why.get(document.number):
                raise DocumentRefused(reason)
            return await super().pdf(document)

    monkeypatch.setattr(rendering, "Printers", Jammed)
    return why


async def test_one_that_cannot_be_rendered_keeps_its_number_and_says_why(broken: dict[str, str], firm: Any) -> None:
    """The next ones are rendered; the person who has put right what was wrong has it rendered again."""
    broken["R2026-0001"] = "R2026-0001 can have no QR-bill: the paper is jammed."
    for n in range(1, 4):
        await firm.sign(firm.version(1, firm.lift_a, contract_id=f"c-{n}", number=f"C-{n}"))
    await firm.run(NEW_YEAR)
    assert [(each["number"], each["rendered"]) for each in await firm.invoices()] == [
        ("R2026-0001", False),
        ("R2026-0002", True),
        ("R2026-0003", True),
    ]
    invoice = await firm.by_number("R2026-0001")
    assert invoice["unrendered"] == broken["R2026-0001"]
    pdf = await firm.suite.get(f"/invoicing/invoices/{invoice['document_id']}/pdf")
    assert (pdf.status_code, pdf.json()["detail"]) == (409, broken["R2026-0001"])
    path = f"/invoicing/invoices/{invoice['document_id']}/render"
    again = await firm.suite.post(path, role="bookkeeper")
    assert (again.status_code, again.json()["detail"]) == (409, broken["R2026-0001"])
    broken.clear()
    await firm.ask("POST", path)
    assert (await firm.by_number("R2026-0001"))["unrendered"] == ""
    assert (await firm.suite.get(f"/invoicing/invoices/{invoice['document_id']}/pdf")).status_code == 200
    twice = await firm.suite.post(path, role="bookkeeper")
    assert (twice.status_code, "never changes" in twice.json()["detail"]) == (409, True)


async def test_how_far_the_rendering_of_a_run_has_come_is_told(broken: dict[str, str], firm: Any) -> None:
    broken["R2026-0002"] = "R2026-0002 can have no QR-bill."
    for n in range(1, 4):
        await firm.sign(firm.version(1, firm.lift_a, contract_id=f"c-{n}", number=f"C-{n}"))
    await firm.run(NEW_YEAR)
    told = await firm.ask("GET", "/invoicing/runs/2026-01-01")
    assert (told["numbered"], told["rendered"]) == (3, 2)
    assert [(each["number"], each["reason"]) for each in told["failed"]] == [("R2026-0002", broken["R2026-0002"])]
    shown = await firm.page("/invoicing/pages/run?day=2026-01-01")
    assert "R2026-0002 can have no QR-bill." in shown
    broken.clear()
    document_id = UUID(told["failed"][0]["document_id"])
    sent = await firm.send(f"/invoicing/pages/documents/{document_id}/render", day="2026-01-01")
    assert sent.status_code == 303
    assert (await firm.ask("GET", "/invoicing/runs/2026-01-01"))["failed"] == []
