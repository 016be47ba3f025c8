"""Scenarios that nobody wrote by hand come out as the oracle plays them from the text of the rules, key by key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from oracle.drawn_clock import cycles, deadlines
from oracle.drawn_orders import work
from oracle.drawn_stories import billing
from oracle.files import scenario_files
from oracle.played import expected

from carnet.runner.simulate import play

gate = settings(derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("path", scenario_files(), ids=lambda path: path.stem)
def test_the_oracle_plays_a_file_as_it_expects(path: Path) -> None:
    told = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    assert expected(told) == told["expect"]


@settings(gate, max_examples=300)
@given(billing())
def test_any_story_of_a_contract_is_billed_as_the_oracle_bills_it(told: dict[str, Any]) -> None:
    assert play(told) == expected(told)


@gate
@given(work())
def test_any_orders_are_billed_as_the_oracle_bills_them(told: dict[str, Any]) -> None:
    assert play(told) == expected(told)


@settings(gate, max_examples=200)
@given(cycles())
def test_any_cycle_falls_where_the_oracle_counts_it(told: dict[str, Any]) -> None:
    assert play(told) == expected(told)


@gate
@given(deadlines())
def test_any_deadline_is_due_when_the_oracle_has_counted_its_minutes(told: dict[str, Any]) -> None:
    assert play(told) == expected(told)
