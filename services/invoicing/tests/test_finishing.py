"""A claim that a crash left at any step is finished when the service runs again, once (promise 8)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from carnet.events.contracts import ContractSigned
from carnet.invoicing import consumers
from carnet.invoicing.app import INVOICING, build
from carnet.invoicing.billing import billing_run
from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.billing.billing_run import bill
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.consumers.documents import BOOKED, NUMBERED, RENDERED
from carnet.invoicing.consumers.orders import BILLED, NOTED
from carnet.invoicing.documents import render
from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.read_models import contracts
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import ACCOUNTS
from carnet.kernel.because import Because
from carnet.kernel.reaction import Reaction
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import service
from carnet.kernel.trial import trial

NEW_YEAR = date(2026, 1, 1)
STEPS = ((), (NUMBERED,), (NUMBERED, RENDERED), (NUMBERED, BOOKED))


def cut_off_after(settings: InvoicingSettings, *names: str) -> Any:
    """Build a service that gets no further than these reactions."""

    def reactions(runtime: Runtime) -> Sequence[Reaction]:
        return [each for each in consumers.reactions(runtime) if each.name in names]

    return service(replace(INVOICING, reactions=reactions), settings)


@pytest.mark.parametrize("done", STEPS, ids=lambda done: "+".join(done) or "claimed")
async def test_a_claim_of_fees_is_finished_at_the_next_start(
    settings: InvoicingSettings, done: tuple[str, ...], made_firm: Any
) -> None:
    async with trial(invoicing=cut_off_after(settings, *done)) as suite:
        firm = made_firm(suite)
        await firm.open()
        terms = firm.version(1, firm.lift_a, firm.door_c)
        await suite.publish("contract-c-1", ContractSigned(contract_id="c-1", terms=terms))
        await suite.settle()
        runtime = suite.runtime("invoicing")
        row = await runtime.query(lambda session: contracts.one(session, "c-1"))
        agreed = terms_of(row.agreed) if row else None
        assert agreed is not None
        command = bill(runtime, agreed, DebtorTerms(), NEW_YEAR, {})
        await runtime.handle(ACCOUNTS, "c-1", command, Because("test", "test"))
        await suite.settle()
    await is_finished(settings, made_firm)


async def is_finished(settings: InvoicingSettings, made_firm: Any) -> None:
    for _ in range(2):
        async with trial(invoicing=build(settings)) as suite:
            (invoice,) = await made_firm(suite).invoices()
            assert (invoice["number"], invoice["payable"]) == ("R2026-0001", "1167.50")
            assert (invoice["state"], invoice["rendered"]) == ("open", True)
            files = await suite.runtime("invoicing").documents.digests()
            assert len(files) == 1


@pytest.mark.parametrize("done", [(), (NOTED,), (NOTED, BILLED), (NOTED, BILLED, NUMBERED)], ids=len)
async def test_the_work_of_an_order_is_finished_at_the_next_start(
    settings: InvoicingSettings, done: tuple[str, ...], made_firm: Any
) -> None:
    async with trial(invoicing=cut_off_after(settings, *done)) as suite:
        firm = made_firm(suite)
        await firm.open()
        await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    for _ in range(2):
        async with trial(invoicing=build(settings)) as suite:
            (invoice,) = await made_firm(suite).invoices()
            assert (invoice["number"], invoice["payable"], invoice["issued_on"]) == (
                "R2026-0001",
                "464.35",
                "2026-04-07",
            )


async def test_a_file_that_was_kept_and_not_recorded_is_made_the_same_again(
    settings: InvoicingSettings, made_firm: Any
) -> None:
    async with trial(invoicing=cut_off_after(settings, NOTED, BILLED, NUMBERED)) as suite:
        firm = made_firm(suite)
        await firm.open()
        await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
        (invoice,) = await firm.invoices()
        row = await suite.runtime("invoicing").query(lambda s: s.get(DocumentRow, invoice["document_id"]))
        assert row is not None
        kept = await suite.runtime("invoicing").documents.put(render(printed(row.whole)))
    async with trial(invoicing=build(settings)) as suite:
        assert (await made_firm(suite).by_number("R2026-0001"))["sha256"] == kept
        assert await suite.runtime("invoicing").documents.digests() == [kept]


async def test_a_run_numbers_in_the_order_of_its_contracts(
    settings: InvoicingSettings, made_firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing_run, "AT_ONCE", 40)  # several chunks
    async with trial(invoicing=cut_off_after(settings, NUMBERED)) as suite:
        await numbers_follow_contracts(made_firm(suite))


async def numbers_follow_contracts(firm: Any) -> None:
    await firm.open()
    for n in reversed(range(150)):
        await firm.suite.publish(f"contract-{n}", signed(firm, f"X-{n:03d}"))
    assert (await firm.run(date(2026, 1, 1)))["billed"] == 150
    found = sorted([await title(firm, each) for each in await firm.invoices()])
    assert [(number, name) for number, name in found] == [
        (f"R2026-{n + 1:04d}", f"Contrat X-{n:03d}") for n in range(150)
    ]


def signed(firm: Any, number: str) -> ContractSigned:
    return ContractSigned(contract_id=number, terms=firm.version(1, firm.lift_a, contract_id=number, number=number))


async def title(firm: Any, listed: dict[str, Any]) -> tuple[str, str]:
    whole = (await firm.suite.get(f"/invoicing/invoices/{listed['document_id']}")).json()
    return whole["number"], whole["blocks"][0]["title"]
