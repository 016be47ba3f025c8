"""EventStoreDB's walls: `users.py` on the development server, which decides as the source of the real one does."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from engines.eventstore.accounts import User
from engines.eventstore.server import DevelopmentServer, Tls
from engines.eventstore.users import users_over_http
from engines.processes import Replica

from carnet.kernel.store.eventstore import EventStoreDb
from carnet.kernel.store.eventstore import client as engine
from carnet.kernel.store.eventstore.address import Address
from carnet.kernel.store.port import EXISTS, NO_STREAM, NewEvent, StoreError

USERS = Path(__file__).parents[2] / "deploy/eventstore/users.py"
PATIENCE = 60.0
REFUSED = "refuses the login; check name and password in CARNET_STORE"


async def ran(command: list[str], told: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, beside the server that it asks."""
    run = partial(subprocess.run, env=told, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return await asyncio.to_thread(run, command)


@dataclass(frozen=True)
class OwnServer:
    """Dispatch's event store, and where its users are made."""

    server: DevelopmentServer
    http: str

    async def let_in(self, context: str, password: str, admin: str | None = None) -> None:
        """Let its admin run `users.py`; raises CalledProcessError."""
        told = {"PATH": os.environ["PATH"], "STORE": admin or self.server.uri, "PASSWORD": password}
        (await ran([sys.executable, str(USERS), context, self.http], told)).check_returncode()

    @asynccontextmanager
    async def as_user(self, user: str, password: str) -> AsyncIterator[EventStoreDb]:
        store = EventStoreDb.open(self.server.uri_of(user, password), tenant="rochat", context="dispatch")
        yield store
        await store.close()


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[OwnServer]:
    tls = Tls.self_signed(tmp_path)
    async with DevelopmentServer(login=("admin", "changed"), tls=tls) as server:
        with users_over_http(server.accounts, tls) as http:
            server.accounts.users["objects"] = User("objects", "another")
            yield OwnServer(server, http)


def events() -> list[NewEvent]:
    return [NewEvent(uuid4(), "order.v1", b"{}")]


async def test_a_contexts_user_records_and_follows_and_another_may_not_even_read(own: OwnServer) -> None:
    await own.let_in("dispatch", "its-own")
    async with own.as_user("dispatch", "its-own") as store, own.as_user("objects", "another") as other:
        await store.append("order-1", events(), NO_STREAM)
        assert [each.stream for each in await store.read_all()] == ["order-1"]
        assert [each.revision for each in await store.read("order-1")] == [0]
        for attempt in (other.append("order-2", events(), NO_STREAM), other.read("order-1"), other.read_all()):
            with pytest.raises(StoreError, match=REFUSED):
                await attempt


async def test_a_contexts_user_may_not_let_others_in_nor_take_a_stream_away(own: OwnServer) -> None:
    await own.let_in("dispatch", "its-own")
    client = Address.parse(own.server.uri_of("dispatch", "its-own")).client()
    await client.connect()
    mine = engine.NewEvent(type="update-default-acl", data=b'{"$userStreamAcl": {"$r": "$all"}}')
    with pytest.raises(engine.FAILURES) as refused:
        await client.append_to_stream("$settings", current_version=engine.StreamState.ANY, events=[mine])
    assert engine.login_refused(refused.value)
    await client.close()
    async with own.as_user("dispatch", "its-own") as store:
        await store.append("order-1", events(), NO_STREAM)
        with pytest.raises(StoreError, match=REFUSED):
            await store.tombstone("order-1", EXISTS)


async def test_a_second_call_gives_another_password(own: OwnServer) -> None:
    await own.let_in("dispatch", "first")
    await own.let_in("dispatch", "second")
    async with own.as_user("dispatch", "first") as before, own.as_user("dispatch", "second") as now:
        await now.append("order-1", events(), NO_STREAM)
        with pytest.raises(StoreError, match=REFUSED):
            await before.read("order-1")


async def test_who_is_no_admin_lets_nobody_in(own: OwnServer) -> None:
    with pytest.raises(subprocess.CalledProcessError) as ended:
        await own.let_in("dispatch", "its-own", own.server.uri_of("objects", "another"))
    assert "401 Unauthorized" in ended.value.stderr
    assert "dispatch" not in own.server.accounts.users
    assert own.server.log.records == []


async def test_a_service_with_anothers_credentials_is_not_ready_and_says_why(own: OwnServer, tmp_path: Path) -> None:
    await own.let_in("dispatch", "its-own")
    told = {"PATH": os.environ["PATH"], "CARNET_STORE": own.server.uri_of("objects", "another")}
    service = Replica("dispatch", tmp_path, told, tmp_path / "log")
    service.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}") as client:
            assert REFUSED in await readiness(client)
    finally:
        service.kill()


async def readiness(client: httpx.AsyncClient) -> str:
    """Give why a service is not ready, once it answers."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await client.get("/dispatch/health/ready", timeout=PATIENCE)
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
            else:
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
                return answer.text
