"""`carnet simulate` as a person or another program runs it: scenario files, refusals, proofs, exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from half_yearly import STORY
from oracle.files import scenario_files
from typer.testing import CliRunner, Result

from carnet.runner.main import app

FILES = scenario_files()

REMOVED = STORY.replace(
    "steps: []",
    """steps:
- bill: {run_date: '2026-07-01'}
- remove: {recorded: '2026-09-01', id: A, last_day: '2026-08-31'}
- bill: {run_date: '2026-09-01'}""",
)


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_comes_out_as_its_file_expects(path: Path) -> None:
    result = simulate(str(path), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == yaml.safe_load(path.read_text())["expect"]


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
        (
            ("{from: '2018-01-01', rate: '7.7'}, {from: '2024-01-01'", "{from: '2027-01-01'"),
            "Enter a VAT rate that holds on 2026-01-01",
        ),
        (("fee: '1200.00'", "fee: twelve"), "contract.positions.0.fee: "),
        (("kind: billing", "kind: bill"), "no scenario of kind 'bill'"),
        (("remove:", "take_away:"), "steps.1: "),
        (("run_date: '2026-07-01'", "run_date: '2026-02-30'"), "steps.0.bill.run_date: "),
        (("per: year,", "per: year, form: x,"), "contract.positions.0.form: "),
        (("- remove", "- reprice: {id: A, fee: '1', from: '2025-01-01'}\n- remove"), "Date"),
        (("- remove", "- void: {run_date: '2026-03-01', type: invoice}\n- remove"), "Void a document that stands"),
        (("run_date: '2026-07-01'", "run_date: '9999-12-31'"), "write a day of 1900 to 2999"),
        (("run_date: '2026-07-01'", "run_date: '20260701'"), "write a day of 1900 to 2999"),
        (("run_date: '2026-07-01'", "run_date: '2026-02-30'"), "there is no day '2026-02-30'"),
        (("fee: '1200.00'", "fee: '1e30'"), "contract.positions.0.fee: write a number as 1200.00"),
        (("fee: '1200.00'", "fee: '-1'"), "nothing below 0, not '-1'"),
        (("fee: '1200.00', ", ""), "contract.positions.0.fee: it is missing"),
        (("rate: '8.1'", "rate: '1e50'"), "write a rate in percent as 8.1"),
        (
            ("rate: '8.1'}", "rate: '8.1'}, {from: '2024-01-01', rate: '7.7'}"),
            "VAT rate from 2024-01-01 is named 2 times",
        ),
        (("CHF: '0.05'", "CHF: '0.025'"), "payable_step.CHF: take a multiple of 0.01"),
        (("payable_step:", "payable_steps:"), "payable_steps: nothing of this name is known here"),
        (("timing:", "day: 1, timing:"), "contract.billing.day: nothing of this name is known here"),
        (("- bill:", "- send:"), "there is no step 'send': take one of 'bill'"),
        (("steps:", "vat: []\nsteps:"), "line 9, column 1: vat stands there twice"),
        (("every_months: 6", "every_months: 99999"), "take 1200 or less, not 99999"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_status_2(file: Path, change: tuple[str, str], because: str) -> None:
    assert because.lower() in refused(file, REMOVED.replace(*change, 1)).lower()


ORDERS = """
kind: work
mode: single
service_date: '2026-05-04'
vat: [{from: '2018-01-01', rate: '7.7'}]
orders:
- {id: W1, recipient: C1, currency: CHF, items: [{kind: parts, quantity: '3', unit_price: '41.30'}]}
- {id: W2, recipient: C1, currency: CHF}
"""
CYCLES = "{kind: cycles, anchor: '2026-08-31', every_months: 3, count: 2, zone: Europe/Zurich, at: '08:00'}"
DEADLINE = """
kind: deadline
calendar: {zone: Europe/Zurich, hours: {mon: ['07:30-12:00', '13:00-17:30']}}
reported: '2026-05-04T14:00'
within: 4h
pauses: [{from: '2026-05-04T15:00', to: '2026-05-04T17:00'}]
"""


@pytest.mark.parametrize(
    ("text", "change", "because"),
    [
        (ORDERS, ("W2", "W1"), "The order W1 is named 2 times"),
        (ORDERS, ("quantity: '3'", "quantity: '1e40'"), "orders.0.items.0.quantity: write a number"),
        (CYCLES, ("count: 2", "count: 99999999999"), "Take fewer occurrences"),
        (CYCLES, ("Europe/Zurich", "Europe"), "zone: 'Europe' is not the name of a time zone"),
        (CYCLES, ("08:00", "08:00Z"), "at: write a time as 08:00"),
        (DEADLINE, ("T14:00", "T14:00Z"), "reported: write a local time as 2026-07-01T16:45"),
        (DEADLINE, ("07:30-12:00", "22:00-02:00"), "ends after it begins"),
        (DEADLINE, ("07:30-12:00", "morning"), "write a window of opening hours as 07:30-12:00"),
        (DEADLINE, ("to: '2026-05-04T17:00'", "to: '2026-05-05T09:00'"), "a pause ends after it begins, on the same"),
        (DEADLINE, ("pauses:", "pause:"), "pause: nothing of this name is known here"),
        (DEADLINE, ("4h", "99999999h"), "within: write how long as 4h or 90m"),
        (DEADLINE, ("reported: '2026", "reported: '9999"), "write a local time"),
    ],
)
def test_nonsense_of_any_kind_is_one_sentence_and_status_2(
    file: Path, text: str, change: tuple[str, str], because: str
) -> None:
    assert because in refused(file, text.replace(*change, 1))


def test_a_calendar_that_opens_too_seldom_is_one_sentence_and_status_2(file: Path) -> None:
    seldom = DEADLINE.replace("'07:30-12:00', '13:00-17:30'", "'07:30-07:31'").replace("4h", "99999h")
    assert "Take a shorter time: the service is open 1 minutes a week" in refused(file, seldom)


def test_a_pause_may_last_until_midnight(file: Path) -> None:
    file.write_text(DEADLINE.replace("T17:00", "T24:00"))
    assert json.loads(simulate(str(file), "--json").stdout) == {"due": "2026-05-11T10:30"}


def test_the_windows_of_a_day_may_stand_in_any_order(file: Path) -> None:
    file.write_text(DEADLINE.replace("'07:30-12:00', '13:00-17:30'", "'13:00-17:30', '07:30-12:00'"))
    assert json.loads(simulate(str(file), "--json").stdout) == {"due": "2026-05-11T10:00"}


@pytest.mark.parametrize("bytes_", [b"kind: billing\nname: Gen\xe8ve\n", "kind: billing".encode("utf-16")])
def test_a_file_that_is_not_in_utf_8_is_one_sentence_and_status_2(file: Path, bytes_: bytes) -> None:
    file.write_bytes(bytes_)
    result = simulate(str(file), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("cannot be read: save it in UTF-8.\n")


@pytest.mark.parametrize(
    "text", ["", "kind: [", "- a\n- b\n", "{kind: deadline, reported: now}", "kind: " + "[" * 1500, "kind: &a [*a]"]
)
def test_a_file_that_is_no_scenario_is_one_sentence_and_status_2(file: Path, text: str) -> None:
    assert refused(file, text).startswith("carnet: ")


def test_a_missing_file_is_one_sentence_and_status_2(file: Path) -> None:
    result = simulate(str(file))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
