"""The arithmetic of the report.

Run it as `python -m pytest bench/test_report.py`; plain `pytest` runs nothing of this folder.
"""

import json
from pathlib import Path

import pytest
from bench.report import Row, cells, percentile, read, write


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_every_limit_counts_the_ratio_those_with_an_x() -> None:
    assert Row("search", 2.5, "ms", "<= 3, >= 50x", "scan", 200, 80).met
    assert not Row("search", 3.5, "ms", "<= 3, >= 50x", "scan", 200, 57).met
    assert not Row("search", 2.5, "ms", "<= 3, >= 50x", "scan", 100, 40).met
    assert not Row("search", 2.5, "ms", ">= 50x").met


def test_what_is_only_reported_or_not_measured_is_not_judged() -> None:
    assert Row("import", 900, "rows/s").met is None
    absent = Row("billing", None, "", ">= 1000", note="not measured: no such service")
    assert (absent.met, cells(absent)[-1]) == (None, "not measured")


def test_results_name_value_budget_and_machine(tmp_path: Path) -> None:
    row = Row("append", 5000, "events/s", ">= 5x", "raw", 900, 5.5)
    write(tmp_path / "results.json", [row], {"cores": 2})
    (found,) = json.loads((tmp_path / "results.json").read_text())
    assert (found.pop("met"), found.pop("machine")) == (True, {"cores": 2})
    assert read(json.dumps(found)) == row


def test_a_run_of_some_rows_leaves_the_others(tmp_path: Path) -> None:
    file, append = tmp_path / "results.json", Row("append", 5000, "events/s", ">= 5x", "raw", 900, 5.5)
    write(file, [append, Row("search", 2.5, "ms")], {"cores": 2})
    write(file, [Row("search", 2.7, "ms")], {"cores": 4}, whole=False)
    found = json.loads(file.read_text())
    assert [(row["name"], row["value"], row["machine"]["cores"]) for row in found] == [
        ("append", 5000, 2),
        ("search", 2.7, 4),
    ]
