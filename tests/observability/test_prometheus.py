"""A real Prometheus on the configuration of production scrapes the five services, and answers what it will be asked."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from engines.fixtures import skipping
from engines.ports import free_port
from engines.prometheus import data, prometheus
from observability.watched import dashboard, five, rules, shown
from operating.night import HOST, answering

from carnet.kernel.serve import listen
from carnet.kernel.service import CONTEXTS

AWAY = "notifications"  # nobody answers there
ONLY_IN_TROUBLE = ("ALERTS{", "> 0")  # what begins so, or ends so, shows nothing while all is well


class Asking:
    """Asks a Prometheus."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **params: str) -> Any:
        return data((await self.client.get(f"/api/v1/{path}", params=params)).content)

    async def query(self, expression: str) -> list[Any]:
        found: list[Any] = (await self.get("query", query=expression))["result"]
        return found

    async def until(self, expression: str) -> list[Any]:
        """Wait until an expression gives something; pytest's own patience ends it."""
        while not (found := await self.query(expression)):  # noqa: ASYNC110  # it rings no bell
            await asyncio.sleep(0.2)
        return found


@pytest.fixture
async def watching(tmp_path: Path) -> AsyncIterator[Asking]:
    """A Prometheus that has scraped four of five services twice, after a command to one of them."""
    with listen(HOST, 0) as listener, watched_by(tmp_path, listener.getsockname()[1]) as address:
        async with answering(five(tmp_path), listener) as suite, httpx.AsyncClient(base_url=address) as client:
            asking = Asking(client)
            await asking.until('carnet_command_seconds_count{job="objects"}')
            assert (await suite.post("/objects/parties", {"number": "K1", "name": "Muster AG"})).status_code == 201
            await asking.until('rate(carnet_command_seconds_count{job="objects"}[5m]) > 0')
            yield asking


@contextmanager
def watched_by(folder: Path, port: int) -> Iterator[str]:
    targets = dict.fromkeys(CONTEXTS, f"{HOST}:{port}") | {AWAY: f"{HOST}:{free_port()}"}
    with skipping("Prometheus"), prometheus(folder, targets) as address:
        yield address


async def test_whatever_it_is_asked_it_answers(watching: Asking) -> None:
    await watching.until(f"count(up == 1) == {len(CONTEXTS) - 1}")
    await the_dashboard_is_filled(watching)
    await the_rules_are_worked_out(watching)


async def the_dashboard_is_filled(watching: Asking) -> None:
    (variable,) = dashboard()["templating"]["list"]
    ours = "|".join(CONTEXTS)  # a Prometheus that was there before watches others too
    assert (variable["query"]["query"], variable["allValue"]) == (f'label_values(up{{job=~"{ours}"}}, job)', ours)
    assert sorted(await watching.get("label/job/values", **{"match[]": f'up{{job=~"{ours}"}}'})) == sorted(CONTEXTS)
    for expression in shown():
        if expression.startswith(ONLY_IN_TROUBLE) or expression.endswith(ONLY_IN_TROUBLE):
            await watching.query(expression)
        else:
            await watching.until(expression)


async def the_rules_are_worked_out(watching: Asking) -> None:
    await watching.until(f'ALERTS{{alertname="CarnetDown",job="{AWAY}"}}')
    for rule in rules("record"):
        await watching.until(rule["record"])
    worked_out = [rule for group in (await watching.get("rules"))["groups"] for rule in group["rules"]]
    names = {rule["alert"] for rule in rules("alert")} | {rule["record"] for rule in rules("record")}
    assert {rule["name"] for rule in worked_out} == names
    assert [rule for rule in worked_out if rule["health"] != "ok" or "lastError" in rule] == []
