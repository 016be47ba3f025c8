"""The day's run over all contracts: once, whatever was cut off, and never stopped by one contract."""

from datetime import date
from typing import Any

import pytest

from carnet.contracts.consumers.ticker import run_of
from carnet.contracts.domain.obligations import History
from carnet.contracts.domain.run import Start
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.visits import Visit, due_occurrences
from carnet.contracts.read_models import obligations
from carnet.contracts.settings import ContractsSettings
from carnet.contracts.streams import RUNS, day_run
from carnet.contracts.streams.day_run import DayRun
from carnet.events.contracts import ObligationExcused, ServiceDue
from carnet.kernel.because import Because
from carnet.kernel.day import BusinessDay

DAY = {"date": "2026-06-10"}


async def test_a_run_catches_up_and_a_second_one_raises_nothing(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.sign(bodies["C-1"])
    first = (await firm.suite.post("/contracts/runs", DAY, role="planner")).json()
    assert first == {
        "run_date": "2026-06-10",
        "finished": True,
        "contracts": 1,
        "raised": 3,
        "excused": 0,
        "renewed": 0,
        "parked": [],
    }
    assert await firm.run("2026-06-10") == 0
    (shown,) = (await firm.suite.get("/contracts/runs")).json()["items"]
    assert shown == first
    assert len(await firm.published(ServiceDue)) == 3


async def test_contracts_are_read_by_the_page_and_none_is_left_out(
    firm: Any, bodies: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("C-1", "C-2"):
        await firm.sign(bodies[name])
    whole = (await firm.suite.get("/contracts/due?from=2026-01-01&to=2026-12-31")).json()["items"]
    monkeypatch.setattr(obligations, "PAGE", 1)
    by_the_page = (await firm.suite.get("/contracts/due?from=2026-01-01&to=2026-12-31")).json()["items"]
    assert by_the_page == whole
    assert {due["contract_number"] for due in whole} == {"C-1", "C-2"}
    assert (await firm.suite.post("/contracts/runs", DAY)).json()["contracts"] == 2


async def test_a_run_that_was_cut_off_goes_on_when_it_is_started_again(firm: Any, bodies: dict[str, Any]) -> None:
    contract_id = await firm.sign(bodies["C-1"])
    runtime, day = firm.suite.runtime("contracts"), date(2026, 6, 10)
    await runtime.handle(RUNS, day, Start(run_date=day), Because("a planner", "cut off"))
    cut_off = DayRun(runtime, date(2026, 1, 1), Because("a planner", "cut off"))
    await cut_off.advance(contract_id, History())
    await firm.suite.settle()
    assert await firm.run("2026-06-10") == 2
    assert len(await firm.published(ServiceDue)) == 3


async def test_a_contract_that_fails_is_parked_and_the_others_go_on(
    firm: Any, bodies: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = await firm.sign(bodies["C-2"]), await firm.sign(bodies["C-1"])

    def fails_for_one(version: Version, *more: Any) -> list[Visit]:
        if version.contract_id == broken:
            raise ArithmeticError("a cycle without end")
        return due_occurrences(version, *more)

    monkeypatch.setattr(day_run, "due_occurrences", fails_for_one)
    done = (await firm.suite.post("/contracts/runs", DAY)).json()
    assert done["parked"] == [{"contract_id": broken, "reason": "ArithmeticError: a cycle without end"}]
    assert done["raised"] == 3
    assert {fact["contract_id"] for fact in await firm.published(ServiceDue)} == {whole}
    monkeypatch.undo()
    assert await firm.run("2026-06-10") == 1


async def test_what_a_contract_no_longer_promises_is_excused(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.run("2026-06-01")
    leaves = {"change": "remove_position", "position_id": "C", "last_day": "2026-05-31"}
    await firm.amend(contract, "2026-05-20", leaves)
    await firm.run("2026-06-02")
    assert [fact["object_id"] for fact in await firm.published(ObligationExcused)] == ["door-C"]
    assert (await firm.ledger(contract))["excused"] == 1


async def test_the_ticker_runs_a_day_once(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.sign(bodies["C-1"])
    runtime = firm.suite.runtime("contracts")
    await run_of(runtime, date(2026, 1, 1))
    await firm.sign(bodies["C-2"])
    await run_of(runtime, date(2026, 1, 1))
    await firm.suite.settle()
    assert [run["contracts"] for run in (await firm.suite.get("/contracts/runs")).json()["items"]] == [1]
    assert [fact["due_on"] for fact in await firm.published(ServiceDue)] == ["2026-01-15"]


def test_a_day_that_is_fixed_or_was_set_starts_no_run(tmp_path: Any) -> None:
    assert BusinessDay(ContractsSettings(data=tmp_path)).is_real
    assert BusinessDay(ContractsSettings(data=tmp_path)).starts_runs
    assert not BusinessDay(ContractsSettings(data=tmp_path, ticker=False)).starts_runs
    assert not BusinessDay(ContractsSettings(data=tmp_path, business_day=date(2026, 1, 1))).is_real
    (tmp_path / "business-day").write_text("2026-01-01")
    assert not BusinessDay(ContractsSettings(data=tmp_path)).is_real
