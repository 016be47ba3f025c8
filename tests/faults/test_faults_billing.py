"""A billing run that is killed between any two documents, or done by two processes at once, bills once, without gaps.

A replay of what was heard in another folder makes the same documents, byte by byte (B3).
"""

import asyncio
import signal
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from carnet.events.contracts import Billing, ContractSigned, ContractVersion, Position, Price
from carnet.events.fact import Address
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.invoicing.app import INVOICING, build
from carnet.invoicing.billing import billing_run
from carnet.invoicing.billing.audit import audit
from carnet.invoicing.billing.billing_run import BillingRun
from carnet.invoicing.domain.document import Document
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import SERIES
from carnet.kernel.because import Because
from carnet.kernel.engines import open_engines
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import assemble
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trial import trial
from faults.kills import PROCESSES, Kill

NEW_YEAR = date(2026, 1, 1)
CONTRACTS = 6
ADDRESS = Address(street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne")
NUMBERING = "carnet.invoicing.billing.numbering:Numbering"


def settings(folder: Path) -> InvoicingSettings:
    return InvoicingSettings(data=folder, log_level="error", business_day=NEW_YEAR)


def signed(n: int) -> ContractSigned:
    fee = Price(valid_from=NEW_YEAR, fee=Decimal(f"{100 + n}.10"))
    terms = ContractVersion(
        contract_id=f"c-{n}", number=f"C-{n}", kind="maintenance", version=1, debtor_id="K1", start=NEW_YEAR,
        billing=Billing(every_months=6, anchor=NEW_YEAR), valid_from=NEW_YEAR, recorded=NEW_YEAR,
        positions=(Position(position_id="A", object_id="A", first_day=NEW_YEAR, prices=(fee,)),),
    )  # fmt: skip
    return ContractSigned(contract_id=f"c-{n}", terms=terms)


async def hear(folder: Path) -> None:
    async with trial(invoicing=build(settings(folder))) as suite:
        party = PartyRegistered(party_id="K1", number="K1", name="PPE Résidence du Parc", address=ADDRESS)
        await suite.publish("party-K1", party)
        await suite.publish("object-A", ObjectRegistered(object_id="A", number="A", name="Lift A", kind="lift"))
        for n in range(CONTRACTS):
            await suite.publish(f"contract-c-{n}", signed(n))
        await suite.settle()


async def run(folder: Path) -> None:
    """Bill a contract at a time, with nothing else at work on the folder."""
    billing_run.AT_ONCE = 1
    engines, feeds = await open_engines("invoicing", settings(folder)), Any
    around = Surroundings(engines.store, engines.bus, engines.database, feeds, Metrics(), "/carnet/test/invoicing/1")  # type: ignore[arg-type]  # no gap is healed here
    runtime = assemble(INVOICING, settings(folder), engines, around)
    done = await BillingRun(runtime, NEW_YEAR, Because("anna", "c0ffee")).over_all()
    await engines.close()
    assert not done.parked, done.parked


def bill(folder: Path, kill: Kill | None) -> None:
    if kill:
        kill.lay()
    asyncio.run(run(folder))


def process(folder: Path, kill: Kill | None = None) -> Any:
    started = PROCESSES.Process(target=bill, args=(folder, kill))
    started.start()
    return started


def ended(started: Any) -> int | None:
    started.join()
    code: int | None = started.exitcode
    return code


async def finished(folder: Path) -> tuple[list[DocumentIssued], list[str]]:
    """Let the service finish what a crash left; give the series in order and the hashes of the files."""
    async with trial(invoicing=build(settings(folder))) as suite:
        await suite.settle()
        runtime = suite.runtime("invoicing")
        assert await audit(runtime) == []
        issued = [SERIES.decode(each) for each in await runtime.engines.store.read(SERIES.stream("R-2026"))]
        return issued, sorted(await runtime.documents.digests())


def of_contracts(issued: list[DocumentIssued]) -> list[tuple[str, str | None]]:
    return [(each.number, line.contract_id) for each in issued for line in each.document.lines]


def by_id(issued: list[DocumentIssued]) -> dict[UUID, Document]:
    """Give the documents without their numbers: what was claimed before a kill is numbered at the next start."""
    return {each.document.document_id: each.document for each in issued}


def test_killed_between_any_two_documents_a_run_bills_each_once_and_numbers_without_gaps(tmp_path: Path) -> None:
    for folder in ("killed", "clean"):
        asyncio.run(hear(tmp_path / folder))
    for n in range(CONTRACTS):  # each time one contract further: its claim is appended, and its number or not yet
        kill = Kill(NUMBERING, "number_once", "after" if n % 2 else "before", 1)
        assert ended(process(tmp_path / "killed", kill)) == -signal.SIGKILL
    for folder in ("killed", "clean"):
        assert ended(process(tmp_path / folder)) == 0
    killed, clean = (asyncio.run(finished(tmp_path / folder)) for folder in ("killed", "clean"))
    assert by_id(killed[0]) == by_id(clean[0])
    assert [each.number for each in killed[0]] == [f"R2026-{n:04d}" for n in range(1, CONTRACTS + 1)]
    assert len(killed[1]) == CONTRACTS


def test_two_processes_that_run_at_once_bill_each_contract_once_and_number_without_gaps(tmp_path: Path) -> None:
    asyncio.run(hear(tmp_path))
    both = [process(tmp_path), process(tmp_path)]
    assert [ended(each) for each in both] == [0, 0]
    issued, files = asyncio.run(finished(tmp_path))
    assert [each.number for each in issued] == [f"R2026-{n:04d}" for n in range(1, CONTRACTS + 1)]
    assert sorted(contract or "" for _, contract in of_contracts(issued)) == [f"c-{n}" for n in range(CONTRACTS)]
    assert len(files) == CONTRACTS
    for each in issued:
        assert sum(line.net for line in each.document.lines) == each.document.totals.net


def test_what_was_heard_replayed_in_another_folder_makes_the_same_documents_byte_by_byte(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        asyncio.run(hear(tmp_path / folder))
        assert ended(process(tmp_path / folder)) == 0
    here, there = (asyncio.run(finished(tmp_path / folder)) for folder in ("here", "there"))
    assert here == there
    assert len(here[1]) == CONTRACTS
