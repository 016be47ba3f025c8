"""What a run would bill and how it differs from the last one (B4); how far a run has come; the parked, tried again."""

import asyncio
from datetime import date
from typing import Any

import pytest

from carnet.events.contracts import Billing, ContractAmended, ContractTerminated
from carnet.invoicing.billing import billing_run
from carnet.invoicing.billing.dry_run import DryRun
from carnet.invoicing.billing.progress import running
from carnet.invoicing.domain.run import StartRun
from carnet.invoicing.streams import RUNS
from carnet.kernel.because import Because
from carnet.kernel.web.cursor import Key, Listing, decode

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}


async def differences(firm: Any, day: str) -> dict[str, Any]:
    dry = await firm.ask("POST", "/invoicing/runs/preview", {"date": day})
    return {each["number"]: each for each in dry["differences"]}


def why(difference: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["version"], each["change"], each["reason"]) for each in difference["amendments"]]


async def test_b4_new_as_last_time_changed_and_gone_each_with_the_amendment(firm: Any) -> None:
    for name in ("same", "more", "ends"):
        await firm.sign(firm.version(1, firm.lift_a, contract_id=name, number=name))
    assert {each["status"] for each in (await differences(firm, "2026-01-01")).values()} == {"new"}
    await firm.run(date(2026, 1, 1))
    assert await differences(firm, "2026-01-02") == {}
    more = firm.version(2, firm.lift_a, firm.lift_b, contract_id="more", number="more", valid_from=date(2026, 5, 18))
    await firm.suite.publish("contract-more", ContractAmended(contract_id="more", terms=more, reason="lift B is new"))
    over = firm.version(2, firm.lift_a, contract_id="ends", number="ends", end=date(2026, 6, 30))
    ended = ContractTerminated(contract_id="ends", terms=over, last_day=date(2026, 6, 30), reason="sold")
    await firm.suite.publish("contract-ends", ended)
    await firm.sign(firm.version(1, firm.door_c, contract_id="later", number="later", start=date(2026, 1, 1)))
    found = await differences(firm, "2026-07-01")
    assert {number: (each["status"], each["before"], each["now"]) for number, each in found.items()} == {
        "ends": ("gone", "840.00", "0.00"),
        "later": ("new", "0.00", "480.00"),
        "more": ("changed", "840.00", "1660.44"),
        "same": ("same", "840.00", "840.00"),
    }
    assert {number: why(each) for number, each in found.items()} == {
        "ends": [(2, "terminated", "sold")],
        "later": [(1, "signed", "")],
        "more": [(2, "amended", "lift B is new")],
        "same": [],
    }
    shown = await firm.page("/invoicing/pages/run?day=2026-07-01")
    for text in ("Another amount", "lift B is new", "Nothing any more", "As last time", "Billed for the first time"):
        assert text in shown


async def test_a_parked_contract_is_tried_again_by_its_button(firm: Any) -> None:
    late = {"billing": Billing(every_months=6, anchor=date(2026, 2, 1))}
    await firm.sign(firm.version(1, firm.lift_a, contract_id="c-0", number="C-0", **late))
    await firm.sign(firm.version(1, firm.lift_a, contract_id="c-9", number="C-9", debtor_id="nobody"))
    await firm.run(date(2026, 3, 1))
    assert "Try C-0 again" in await firm.page("/invoicing/pages/run?day=2026-03-01")
    await firm.sign(firm.version(2, firm.lift_a, contract_id="c-0", number="C-0"))
    answer = await firm.send("/invoicing/pages/run/retry", contract_id="c-0", day="2026-03-01")
    assert answer.status_code == 303
    assert [each["number"] for each in await firm.invoices()] == ["R2026-0001"]
    parked = (await firm.suite.get("/invoicing/runs/parked")).json()
    assert [each["number"] for each in parked] == ["C-9"]
    again = await firm.ask("POST", "/invoicing/runs/parked/c-9/retry", {"date": "2026-03-01"})
    assert (again["billed"], [each["number"] for each in again["parked"]]) == (0, ["C-9"])
    assert (await firm.suite.post("/invoicing/runs/parked/unknown/retry", {})).status_code == 404


async def test_the_page_shows_how_far_a_run_has_come_and_what_was_interrupted(
    firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await firm.sign(firm.version(1, firm.lift_a, contract_id=f"c-{n}", number=f"C-{n}"))
    monkeypatch.setattr(billing_run, "AT_ONCE", 1)
    gate, reached = asyncio.Event(), asyncio.Event()
    number = billing_run.BillingRun.number

    async def stops(self: Any, claims: Any) -> None:
        if self.seen == 1:
            reached.set()
            await gate.wait()
        await number(self, claims)

    monkeypatch.setattr(billing_run.BillingRun, "number", stops)
    monkeypatch.setattr("carnet.invoicing.pages.runs.SHORT", 0.01)
    assert (await firm.send("/invoicing/pages/run", of="fees", day="2026-01-01")).status_code == 303
    await reached.wait()
    progress = "/invoicing/pages/run/progress?day=2026-01-01"
    shown = await firm.suite.get(progress, role="bookkeeper", headers=ENGLISH)
    assert "1 of 3 contracts" in shown.text
    gate.set()
    (under_way,) = running(firm.suite.runtime("invoicing")).values()
    await under_way.task
    assert "The fees of this day were billed" in await firm.page(progress)
    told = (await firm.suite.get("/invoicing/runs/2026-01-01")).json()
    assert (told["recorded"], told["contracts"], told["numbered"], told["rendered"]) == (True, 3, 3, 3)


async def test_an_interrupted_run_says_so_and_bills_the_rest_when_it_is_started_again(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a))
    start = StartRun(run_date=date(2026, 1, 1), contracts=1)
    await firm.suite.runtime("invoicing").handle(RUNS, date(2026, 1, 1), start, Because("anna", "cut off"))
    assert "was interrupted" in await firm.page("/invoicing/pages/run?day=2026-01-01")
    assert (await firm.suite.get("/invoicing/runs/2026-01-02")).status_code == 404
    assert (await firm.run(date(2026, 1, 1)))["billed"] == 1
    assert (await firm.suite.get("/invoicing/runs/2026-01-01")).json()["recorded"]


async def test_b4_the_page_goes_over_some_contracts_at_a_time_and_all_pages_say_what_the_whole_says(
    firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        await firm.sign(firm.version(1, firm.lift_a, contract_id=f"c-{n}", number=f"C-{n}"))
    monkeypatch.setattr("carnet.invoicing.pages.runs.CONTRACTS", 2)
    first = await firm.page("/invoicing/pages/run?day=2026-01-01")
    assert [f"C-{n}" in first for n in range(5)] == [True, True, False, False, False]
    assert "Next page" in first
    runtime, found = firm.suite.runtime("invoicing"), []
    after: Key = ()
    while True:
        some = await DryRun(runtime, date(2026, 1, 1)).over_some(Listing(2, after))
        found.append(some)
        if some.next is None:
            break
        after = decode(some.next)
    whole = await firm.ask("POST", "/invoicing/runs/preview", {"date": "2026-01-01"})
    assert [len(each.documents) for each in found] == [2, 2, 1]
    assert [each.number for some in found for each in some.documents] == [each["number"] for each in whole["documents"]]
    assert [each.number for some in found for each in some.differences] == [
        each["number"] for each in whole["differences"]
    ]
    await firm.run(date(2026, 1, 1))
    await firm.sign(firm.version(1, firm.lift_a, contract_id="c-9", number="C-9"))
    first = await firm.page("/invoicing/pages/run?day=2026-01-02")
    assert "Of these contracts nothing is due that is not billed." in first
