"""What is watched: the expressions of the dashboard and of the rules, and what the five services expose."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml
from engines.prometheus import RULES
from fastapi import FastAPI
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from carnet.kernel.serve import build
from carnet.kernel.service import CONTEXTS
from carnet.kernel.trial import trial

DASHBOARD: Final = RULES.parents[1] / "dashboards/carnet.json"
PROMETHEUS_OWN: Final = {"up", "ALERTS"}
TARGET_LABELS: Final = {"job", "instance", "alertstate", "alertname", "severity"}
WORDS: Final = {"by", "and", "or", "on", "unless", "vector", "le"}
GROUPING: Final = re.compile(r"\b(?:by|on|without)\s*\(([^)]*)\)")
SELECTOR: Final = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})?(?!\w*\s*\()")


class Selector(NamedTuple):
    """A series that an expression reads, and the labels that it names of it."""

    name: str
    labels: frozenset[str]


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def shown() -> list[str]:
    """Give the dashboard's expressions, for all contexts."""
    everyone = dashboard()["templating"]["list"][0]["allValue"]
    return [target["expr"].replace("$context", everyone) for panel in panels() for target in panel["targets"]]


def rules(kind: str) -> list[dict[str, Any]]:
    """Give the rules that are an `alert`, or a `record`."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


def selectors(expression: str) -> Iterator[Selector]:
    """Find the series that an expression reads: every name that is no function and no word of the language."""
    grouped = {label.strip() for labels in GROUPING.findall(expression) for label in labels.split(",")}
    plain = re.sub(r"\[\w+\]", "", GROUPING.sub(" ", expression))
    for name, labels in SELECTOR.findall(plain):
        if name not in WORDS and not re.search(rf"\b{name}\s*\(", plain) and f'"{name}"' not in plain:
            named = set(re.findall(r"(\w+)\s*[=!]~?", labels))
            yield Selector(name, frozenset(named | grouped))


def five(folder: Path) -> Mapping[str, FastAPI]:
    """Make the five services on a data folder."""
    with pytest.MonkeyPatch.context() as told:
        told.setenv("CARNET_DATA", str(folder))
        told.setenv("CARNET_LOG_LEVEL", "error")
        return {context: build(context) for context in CONTEXTS}


@asynccontextmanager
async def exposed(folder: Path) -> AsyncIterator[dict[str, list[Metric]]]:
    """Give what each of the five services exposes once all are at work."""
    async with trial(**five(folder)) as suite:
        await suite.settle()
        for context in CONTEXTS:
            await suite.get(f"/{context}/health/live")  # a request that was answered has labels
        texts = {context: (await suite.get(f"/{context}/metrics", role=None)).text for context in CONTEXTS}
        yield {context: list(text_string_to_metric_families(text)) for context, text in texts.items()}
