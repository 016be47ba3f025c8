"""`carnet simulate` as a person or another program runs it: the shared scenarios, refusals, proofs, exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from carnet.runner.main import app

SHARED = Path(__file__).parents[2].parent / "shared" / "scenarios"
FILES = sorted(SHARED.glob("*/*.yaml")) if SHARED.is_dir() else []

REMOVED = """
kind: billing
contract:
  kind: maintenance
  currency: CHF
  start: '2026-01-01'
  billing: {every_months: 6, anchor: '2026-01-01', timing: in_advance}
  positions: [{id: A, fee: '1200.00', per: year, from: '2026-01-01'}]
vat: [{from: '2024-01-01', rate: '8.1'}]
payable_step: {CHF: '0.05'}
steps:
- bill: {run_date: '2026-07-01'}
- remove: {recorded: '2026-09-01', id: A, last_day: '2026-08-31'}
- bill: {run_date: '2026-09-01'}
"""


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scenario.yaml"


def refused(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    result = simulate(str(file), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@pytest.mark.skipif(not FILES, reason="the shared scenarios are not beside this repository")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shared_scenario_comes_out_as_its_file_expects(path: Path) -> None:
    result = simulate(str(path), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == yaml.safe_load(path.read_text())["expect"]


@pytest.mark.skipif(not FILES, reason="the shared scenarios are not beside this repository")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_person_reads_whether_it_is_as_expected(path: Path) -> None:
    result = simulate(str(path), "--explain")
    assert result.exit_code == 0
    assert result.stdout.endswith("As the file expects.\n")


def test_each_line_is_explained(file: Path) -> None:
    file.write_text(REMOVED)
    ((credit,),) = [run["documents"] for run in json.loads(simulate(str(file), "--json", "--explain").stdout)[1:]]
    (line,) = credit["lines"]
    proof: dict[str, Any] = line["proof"]
    assert (line["net"], proof["due"], proof["billed_before"]) == ("397.83", "202.17", "600.00")
    assert (proof["fraction"], proof["period_days"], proof["contract_version"]) == ("4650/23", 184, 2)
    assert [segment["days"] for segment in proof["segments"]] == [62]


def test_what_is_not_as_expected_is_named_with_status_1(file: Path) -> None:
    file.write_text(
        "{kind: cycles, anchor: '2026-08-31', every_months: 3, count: 2, expect: ['2026-08-31', '2026-11-29']}"
    )
    result = simulate(str(file))
    assert result.exit_code == 1
    assert "Not as the file expects: [1]: 2026-11-29 expected, 2026-11-30 found." in result.stdout


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (("anchor: '2026-01-01'", "anchor: '2026-02-01'"), "set the billing anchor on or before it"),
        (("id: A, last_day", "id: B, last_day"), "The contract has no position B"),
        (("from: '2024-01-01'", "from: '2027-01-01'"), "Enter a VAT rate that holds on 2026-01-01"),
        (("fee: '1200.00'", "fee: twelve"), "contract.positions.0.fee: "),
        (("kind: billing", "kind: bill"), "no scenario of kind 'bill'"),
        (("remove:", "take_away:"), "steps.1: "),
        (("run_date: '2026-07-01'", "run_date: '2026-02-30'"), "steps.0.bill.run_date: "),
        (("per: year,", "per: year, form: x,"), "contract.positions.0.form: "),
        (("- remove", "- reprice: {id: A, fee: '1', from: '2025-01-01'}\n- remove"), "Date"),
        (("- remove", "- void: {run_date: '2026-03-01', type: invoice}\n- remove"), "Void a document that stands"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_status_2(file: Path, change: tuple[str, str], because: str) -> None:
    assert because.lower() in refused(file, REMOVED.replace(*change, 1)).lower()


@pytest.mark.parametrize("text", ["", "kind: [", "- a\n- b\n", "{kind: deadline, reported: now}"])
def test_a_file_that_is_no_scenario_is_one_sentence_and_status_2(file: Path, text: str) -> None:
    assert refused(file, text).startswith("carnet: ")


def test_a_missing_file_is_one_sentence_and_status_2(file: Path) -> None:
    result = simulate(str(file))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
