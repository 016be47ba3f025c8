"""The alerts, by Prometheus' own tool: what it would load, when each fires and keeps silent, and where each leads."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from engines.fixtures import skipping
from engines.prometheus import configured, program
from observability.watched import rules

from carnet.kernel.service import CONTEXTS

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).with_name("alerts.yml")
Tool = Callable[..., str]


@pytest.fixture
def promtool() -> Tool:
    """Run promtool: gives what it said, and fails where it finds fault."""
    with skipping("promtool"):
        tool = program("promtool")

    def run(*told: str) -> str:
        done = subprocess.run([tool, *told], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_prometheus_takes_its_configuration_with_its_rules(promtool: Tool, tmp_path: Path) -> None:
    configuration = configured(tmp_path, dict.fromkeys(CONTEXTS, "127.0.0.1:1"))
    count = len(rules("alert")) + len(rules("record"))
    assert f"{count} rules found" in promtool("check", "config", str(configuration))


def test_each_alert_fires_when_it_should_and_not_when_it_should_not(promtool: Tool) -> None:
    promtool("test", "rules", str(CASES))


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = [case for test in yaml.safe_load(CASES.read_text())["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in rules("alert")}
    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == names
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == names


@pytest.mark.parametrize("rule", rules("alert"), ids=lambda rule: rule["alert"])
def test_each_alert_says_how_soon_what_of_whom_and_where_to_read_on(rule: dict[str, dict[str, str]]) -> None:
    told = rule["annotations"]
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert "{{ $labels.job }}" in told["summary"]
    assert told["description"].endswith(".")
    assert f"`{rule['alert']}`" in (ROOT / told["runbook"]).read_text()
