"""A firm at work on real engines: two toy contexts, and clients who remember what was acknowledged.

A client asks again, with the same key, until he is answered. So in the end there is exactly one lamp for each number:
one that is missing was lost, one too many was done twice.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from toy import Lamp, Task, all_rows, notebook, objects

from carnet.kernel import service as services
from carnet.kernel.engines import Engines, open_engines
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.service import service
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.tables import Held
from carnet.kernel.trial import PATIENCE, Trial, trial
from carnet.kernel.web.front import Front
from faults.tally import COUNTING, Tally

CLIENTS = 3
GAP_SECONDS = 0.3
UNAVAILABLE = 503

Wrap = Callable[[Engines], Engines]
"""Puts something between a service and its engines."""
Tell = Callable[[tuple[int, str]], None]


def as_they_are(engines: Engines) -> Engines:
    return engines


@dataclass
class Firm:
    """The firm's folder and engines, the numbers that its clients have asked for, and the lamps that they were told of.

    `strange` are lamps that a test itself has brought in.
    """

    folder: Path
    bus: str | None = None
    store: str | None = None
    databases: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    lamps: dict[int, str] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)
    refusals: Counter[int] = field(default_factory=Counter)

    @property
    def kind(self) -> str:
        return "kafka" if self.bus else "sqlite"

    def settings(self, context: str = "objects") -> ServiceSettings:
        return ServiceSettings(
            data=self.folder,
            log_level="error",
            bus=self.bus,
            store=secret(self.store),
            store_prefix="firm." if self.store else "",
            database=secret(self.databases.get(context)),
        )

    @asynccontextmanager
    async def at_work(self, wrap: Wrap = as_they_are, gap_seconds: float = GAP_SECONDS) -> AsyncIterator[Trial]:
        """Run both services until the block ends; a gap waits so long before it is healed."""

        async def wrapped(context: str, settings: ServiceSettings) -> Engines:
            return wrap(await open_engines(context, settings))

        apps = {
            "objects": service(objects, self.settings("objects")),
            "dispatch": service(COUNTING, self.settings("dispatch")),
        }
        async with within(apps) as client:
            feeds = partial(feeds_by, client)
            with patch.multiple(services, open_engines=wrapped, GAP_SECONDS=gap_seconds, HttpFeeds=feeds):
                async with trial(**apps) as running:
                    yield running

    async def work(self, suite: Trial, more: int = 12, tell: Tell | None = None) -> None:
        """Ask for what nobody has answered yet and for so many lamps more."""
        self.asked += more
        open_numbers = [n for n in range(self.asked) if n not in self.lamps]
        async with asyncio.TaskGroup() as clients:
            for client in range(CLIENTS):
                clients.create_task(self.client(suite, open_numbers[client::CLIENTS], tell))

    async def client(self, suite: Trial, numbers: Sequence[int], tell: Tell | None) -> None:
        for n in numbers:
            lamp = await self.ask(suite, "/objects/lamps", {"watts": watts(n)}, f"lit-{n}")
            await self.ask(suite, f"/objects/lamps/{lamp}/out", None, f"out-{n}")
            self.lamps[n] = lamp
            if tell:
                tell((n, lamp))

    async def ask(self, suite: Trial, path: str, body: dict[str, int] | None, key: str) -> str:
        """Give a command until it is acknowledged; the only other answer that is allowed is a clear 503."""
        while True:
            answer = await suite.post(path, body, headers={"Idempotency-Key": key})
            if answer.is_success:
                return str(answer.json()["id"])
            assert answer.status_code == UNAVAILABLE, answer.text
            self.refusals[answer.status_code] += 1
            await asyncio.sleep(0.05)

    async def poison(self, suite: Trial) -> None:
        """Bring in a lamp of which the read models of both services choke."""
        n = len(self.strange)
        lamp = await self.ask(suite, "/objects/lamps", {"watts": -2}, f"poison-{n}")
        self.strange.add(lamp)
        await self.ask(suite, f"/objects/lamps/{lamp}/out", None, f"poison-out-{n}")

    async def agrees(self) -> None:
        """Run the services as they are, and see that all is as it was acknowledged, once."""
        async with self.at_work() as suite:
            await self.agree(suite)

    async def agree(self, suite: Trial) -> None:
        await self.work(suite, 0)
        await rest(suite)
        here, there = suite.runtime("objects"), suite.runtime("dispatch")
        told = {lamp: watts(n) for n, lamp in self.lamps.items()}
        rows = {row["lamp"]: row for row in await here.query(all_rows(Lamp)) if row["lamp"] not in self.strange}
        assert {lamp: row["watts"] for lamp, row in rows.items()} == told
        assert {lamp for lamp, row in rows.items() if row["lit"] or row["events"] != 2} == set()
        tasks = {row["task"]: (row["text"], row["done"]) for row in await there.query(all_rows(Task))}
        assert {lamp: task for lamp, task in tasks.items() if lamp not in self.strange} == {
            lamp: (str(power), True) for lamp, power in told.items()
        }
        assert {lamp: await there.state(notebook, lamp) for lamp in told} == {n: (str(w),) for n, w in told.items()}
        tally = {row["task"]: row["facts"] for row in await there.query(all_rows(Tally))}
        assert {lamp: facts for lamp, facts in tally.items() if lamp not in self.strange} == dict.fromkeys(told, 2)
        assert [line for runtime in suite.runtimes() for line in await runtime.verify()] == []


def secret(address: str | None) -> SecretStr | None:
    return SecretStr(address) if address else None


def watts(n: int) -> int:
    return n + 100


@asynccontextmanager
async def within(apps: Mapping[str, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that reaches the services without a port, as an admin."""
    front = Front(apps)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=front)) as client:
        client.headers.update(Trial(front, client).bearer("admin"))
        yield client


def feeds_by(client: httpx.AsyncClient, _: httpx.AsyncClient, of: Callable[[str], str]) -> HttpFeeds:
    return HttpFeeds(client, of)


async def rest(suite: Trial) -> None:
    """Wait until nothing is under way and nothing is held back."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await suite.settle()
            if not [held for runtime in suite.runtimes() for held in await runtime.query(all_rows(Held))]:
                return


async def skip_dead_letters(suite: Trial) -> None:
    """Pass over what cannot be taken in, as a person would."""
    for context in ("objects", "dispatch"):
        for letter in (await suite.get(f"/{context}/ops/dead-letters")).json():
            address = {name: letter[name] for name in ("consumer", "topic", "stream", "revision")}
            assert (await suite.post(f"/{context}/ops/dead-letters/skip", address)).status_code == 200
