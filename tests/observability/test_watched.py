"""Dashboard, rules and the page on metrics name what the five services really expose, and no other."""

import asyncio
import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from observability.watched import (
    DASHBOARD,
    PROMETHEUS_OWN,
    TARGET_LABELS,
    Selector,
    dashboard,
    exposed,
    panels,
    rules,
    selectors,
    shown,
)
from prometheus_client.core import Metric

ROOT = Path(__file__).parents[2]
METRICS = ROOT / "docs/metrics.md"
SOURCES = ROOT / "deploy/observability/grafana/datasources.yml"
EXPRESSIONS = [*shown(), *(rule["expr"] for kind in ("alert", "record") for rule in rules(kind))]


@pytest.fixture(scope="module")
def exposition(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Metric]]:
    """What each of the five services exposes."""

    async def read() -> dict[str, list[Metric]]:
        async with exposed(tmp_path_factory.mktemp("five")) as found:
            return found

    return asyncio.run(read())


@pytest.fixture(scope="module")
def labels(exposition: dict[str, list[Metric]]) -> dict[str, set[str]]:
    """The labels of each series that there is, in whichever service."""
    found: dict[str, set[str]] = defaultdict(set)
    for family in (each for families in exposition.values() for each in families):
        for sample in family.samples:
            found[sample.name] |= sample.labels.keys()
    return found | {name: set() for name in (*PROMETHEUS_OWN, *(rule["record"] for rule in rules("record")))}


def test_each_expression_reads_series_and_labels_that_exist(labels: dict[str, set[str]]) -> None:
    assert [expression for expression in EXPRESSIONS if not list(selectors(expression))] == []
    assert [expression for expression in EXPRESSIONS if missing(expression, labels)] == []


def missing(expression: str, labels: dict[str, set[str]]) -> list[Selector]:
    """Give what an expression reads of series or labels that there are not."""
    read = selectors(expression)
    return [each for each in read if each.name not in labels or each.labels - labels[each.name] - TARGET_LABELS]


@pytest.mark.parametrize("wrong", ["carnet_relay_lag", 'carnet_held{cause="dead"}', "sum by (causes) (carnet_held)"])
def test_what_does_not_exist_is_found(wrong: str, labels: dict[str, set[str]]) -> None:
    assert missing(f"max({wrong}) > 5", labels)


def test_every_metric_is_explained_and_no_other(exposition: dict[str, list[Metric]]) -> None:
    explained = re.findall(r"^\| `([^`]+)` \| (\w+) \|", METRICS.read_text(), re.MULTILINE)
    told = {described(family) for families in exposition.values() for family in families if family.samples}
    assert sorted(explained) == sorted(told)


def described(family: Metric) -> tuple[str, str]:
    """Give a metric's name with its labels, as the page on metrics has it, and its type."""
    labels = ",".join(label for label in family.samples[0].labels if label != "le")
    name = family.name + ("_total" if family.type == "counter" else "")
    return f"{name}{{{labels}}}" if labels else name, family.type


def test_the_page_on_metrics_says_of_each_service_the_same(exposition: dict[str, list[Metric]]) -> None:
    names = {context: {family.name for family in families} for context, families in exposition.items()}
    everywhere = set.intersection(*names.values())
    assert {context: own - everywhere for context, own in names.items() if own - everywhere} == {
        "invoicing": {"carnet_invoices_issued"}
    }


def test_the_dashboard_is_grafanas_to_load() -> None:
    """No schema of Grafana's dashboards is published that could be asked: this is what its own would refuse."""
    (source,) = yaml.safe_load(SOURCES.read_text())["datasources"]
    asked = {"type": source["type"], "uid": source["uid"]}
    found = dashboard()
    assert [variable["datasource"] for variable in found["templating"]["list"]] == [asked]
    assert [panel["title"] for panel in panels() if panel["datasource"] != asked] == []
    identities = [panel["id"] for panel in found["panels"]]
    assert len(identities) == len(set(identities))
    for panel in panels():
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references)) > 0, panel["title"]


def test_no_panel_lies_on_another_or_beyond_the_edge() -> None:
    places = [panel["gridPos"] for panel in dashboard()["panels"]]
    assert [place for place in places if place["x"] + place["w"] > 24] == []
    assert [pair for pair in combinations(places, 2) if overlap(*pair)] == []


def overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "w"), ("y", "h")))


def test_a_legend_names_labels_that_its_series_keeps() -> None:
    targets = [target for panel in panels() for target in panel["targets"]]
    wrong = [t["legendFormat"] for t in targets if not named(t) <= kept(t["expr"])]
    assert wrong == []


def named(target: dict[str, Any]) -> set[str]:
    return set(re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")))


def kept(expression: str) -> set[str]:
    """Give the labels by which an expression groups, those of its target where it does not."""
    grouped = re.search(r"by \(([^)]*)\)", expression)
    return set(grouped[1].split(", ")) if grouped else {"job", "instance"}


def test_each_runbook_that_a_panel_names_is_there() -> None:
    pages = set(re.findall(r"[a-z-]+\.md", DASHBOARD.read_text()))
    assert pages
    assert [page for page in pages if not (ROOT / "docs/runbooks" / page).exists()] == []
