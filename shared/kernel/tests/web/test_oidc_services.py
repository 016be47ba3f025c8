"""Services of their own behind one front door and a provider: one sign-in for all, machines by client credentials.

The services run in this process, each behind a socket, nginx before them, and the provider is `oidc-provider`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
import uvicorn
from engines.fixtures import skipping
from engines.front import front_door
from engines.oidc.login import sign_in
from engines.oidc.process import oidc_provider
from engines.ports import free_port
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs
from toy import Task, all_rows, toys

from carnet.kernel import operating, service
from carnet.kernel.bus.port import Message
from carnet.kernel.runtime import Runtime
from carnet.kernel.serve import NotReady, listen, server
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.tables import Held, Incident
from carnet.kernel.trial import PATIENCE
from carnet.kernel.web.application import create_app
from carnet.kernel.web.identity import Person, require

TOPIC = "carnet.objects.v1"


class Quiet(uvicorn.Server):
    """A server beside others: signals are none of its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class House:
    """Where everything stands: the front door, the provider's port and each service's."""

    folder: Path
    front: str
    ports: dict[str, int]
    provider: int = field(default_factory=free_port)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.provider}"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "front": self.front,
            "client_id": "pages",
            "client_secret": SecretStr("page secret+/"),
            "roles_claim": "realm_access.roles",
            "machine_id": "machine",
            "machine_secret": SecretStr("machine secret"),
        }

    @asynccontextmanager
    async def provided(self) -> AsyncIterator[None]:
        """Have the provider answer for as long as the block runs."""
        with skipping("OpenID provider"), oidc_provider(self.front, self.folder / "oidc.log", self.provider):
            yield

    @asynccontextmanager
    async def serving(self, context: str, **other: Any) -> AsyncIterator[FastAPI]:
        """Run one toy, for which some settings may be others."""
        async with self.answering(context, toys(self.folder, **self.settings | other)[context]) as app:
            yield app

    @asynccontextmanager
    async def answering(self, context: str, app: FastAPI) -> AsyncIterator[FastAPI]:
        with listen("127.0.0.1", self.ports[context]) as listener:
            async with app.router.lifespan_context(app):
                web = server(app, make=Quiet)
                task = asyncio.create_task(web.serve(sockets=[listener]))
                try:
                    yield app
                finally:
                    web.should_exit = True
                    await task


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(service, "GAP_SECONDS", 0.0)
    ports = {context: free_port() for context in CONTEXTS}
    with skipping("front door"), front_door({context: [port] for context, port in ports.items()}) as address:
        yield House(tmp_path, address, ports)


@asynccontextmanager
async def signed_in(house: House, login: str) -> AsyncIterator[httpx.AsyncClient]:
    """Sign somebody in at the front door; gives the browser."""
    headers = {"Accept": "text/html, application/json", "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=house.front, headers=headers, follow_redirects=True) as browser:
        await until(lambda: browser.get("/objects/health/ready"), lambda answer: answer.status_code == 200)
        page = await sign_in(browser, house.front, login, "/objects/ops/status")
        assert page.status_code == 200, page.text
        yield browser


async def until(ask: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    """Ask until the answer is good; gives it."""
    async with asyncio.timeout(PATIENCE):
        while not good(found := await ask()):  # noqa: ASYNC110  # what it asks rings no bell
            await asyncio.sleep(0.02)
    return found


def runtime_of(app: FastAPI) -> Runtime:
    found: Runtime = app.state.runtime()
    return found


async def lit_and_put_out(house: House, app: FastAPI) -> str:
    """Light a lamp as a person and put it out, of which only the second comes on the bus; gives the lamp."""
    async with signed_in(house, "paul") as browser:
        runtime = runtime_of(app)
        runtime.relay.pause()
        lamp = (await browser.post("/objects/lamps", json={"watts": 60})).json()["id"]
        await browser.post(f"/objects/lamps/{lamp}/out")
    _, out = await runtime.publication.of_stream(runtime.engines.store, f"lamp-{lamp}")
    await runtime.engines.bus.publish(TOPIC, [Message(out.subject, out.data, out.headers())])
    return str(lamp)


async def healed(app: FastAPI, lamp: str) -> None:
    """Wait until the lost event has come from its producer's feed."""
    await until(lambda: asyncio.sleep(0, app.state.runtime()), bool)
    done = [{"task": lamp, "text": "60", "done": True}]
    await until(lambda: runtime_of(app).query(all_rows(Task)), lambda rows: rows == done)
    notes = {row["note"] for row in await runtime_of(app).query(all_rows(Incident))}
    assert notes == {"1 events before revision 1 came from the feed."}


async def test_one_sign_in_is_for_all_services_and_a_gap_is_healed_by_a_machine(house: House) -> None:
    async with house.provided(), house.serving("objects") as objects:
        lamp = await lit_and_put_out(house, objects)
        async with house.serving("dispatch") as dispatch, signed_in(house, "anna") as browser:
            await healed(dispatch, lamp)
            known = [await browser.get(f"/{each}/ops/audit") for each in ("objects", "dispatch")]
            assert [answer.status_code for answer in known] == [200, 200]  # as the admin that the provider says she is


async def test_a_provider_that_is_away_while_a_gap_heals_is_waited_for(house: House) -> None:
    async with AsyncExitStack() as stack:
        async with house.provided():
            objects = await stack.enter_async_context(house.serving("objects"))
            lamp = await lit_and_put_out(house, objects)
        with capture_logs() as said:
            dispatch = await stack.enter_async_context(house.serving("dispatch"))
            tried = await tried_twice(dispatch)
            assert runtime_of(dispatch).troubles() == []  # all but this stream goes on
        assert tried["note"].endswith(f"objects cannot be asked: The provider at {house.issuer} does not answer.")
        assert in_a_line(said) == {f"objects cannot be asked: The provider at {house.issuer} does not answer."}
        async with house.provided():
            await healed(dispatch, lamp)


async def test_a_machine_that_the_provider_does_not_know_heals_nothing_and_is_said(house: House) -> None:
    async with house.provided(), house.serving("objects") as objects:
        await lit_and_put_out(house, objects)
        with capture_logs() as said:
            async with house.serving("dispatch", machine_secret=SecretStr("wrong")) as dispatch:
                await tried_twice(dispatch)
        assert in_a_line(said) == {"objects cannot be asked: The provider declined: invalid_client."}


async def tried_twice(app: FastAPI) -> dict[str, Any]:
    """Wait until the read model has tried to close its gap a second time; gives the gap."""
    await until(lambda: asyncio.sleep(0, app.state.runtime()), bool)
    rows = await until(lambda: runtime_of(app).query(all_rows(Held)), lambda found: any(map(has_tried_twice, found)))
    return next(row for row in rows if has_tried_twice(row))


def has_tried_twice(row: dict[str, Any]) -> bool:
    return (row["consumer"], row["reason"]) == ("dispatch.tasks", "gap") and row["tries"] > 1


def in_a_line(said: Sequence[MutableMapping[str, Any]]) -> set[str]:
    """Give why consumers failed; none of it may have come with a traceback."""
    failed = [line for line in said if line["event"] == "consumer loop failed"]
    assert [line for line in failed if "exc_info" in line] == []
    return {line["why"] for line in failed}


async def test_a_days_run_is_told_by_a_client_of_its_own(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = APIRouter()

    @runs.post("/runs")
    async def run(person: Annotated[Person, require("planner")]) -> Person:
        return person

    for name, value in (("ISSUER", house.issuer), ("FRONT", house.front), ("ROLES_CLAIM", "realm_access.roles")):
        monkeypatch.setenv(f"CARNET_{name}", value)
    app = create_app("contracts", "Contracts", ServiceSettings(), [runs])
    async with house.provided(), house.answering("contracts", app):
        for client, secret in (("day", "day secret"), ("machine", "machine secret")):
            monkeypatch.setenv("CARNET_MACHINE_ID", client)
            monkeypatch.setenv("CARNET_MACHINE_SECRET", secret)
            if client == "machine":  # which reads feeds, and no more
                with pytest.raises(NotReady, match="was not done: Client error '403 Forbidden'"):
                    await operating.run_day("contracts", date(2026, 3, 2))
            else:
                await operating.run_day("contracts", date(2026, 3, 2))
                assert '"subject":"day"' in capsys.readouterr().out
