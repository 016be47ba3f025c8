"""The issuer's keys: fetched once, again for a key not met before, and never hammered."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from joserfc.jwk import ECKey

from carnet.kernel.web.keys import AGAIN_AFTER, RETRY_AFTER, STALE_AFTER, KeysUnavailable, RemoteKeys

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]

OLD, NEW = ECKey.generate_key("P-256", {"kid": "old"}), ECKey.generate_key("P-256", {"kid": "new"})


class IssuerFake:
    """An OIDC issuer that can be asked, rotated and switched off; `time` is the clock of those who ask."""

    def __init__(self) -> None:
        self.keys, self.asked, self.down, self.time = [OLD], 0, False, 1000.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503)
        if request.url.path == "/realm/.well-known/openid-configuration":
            return httpx.Response(200, json={"jwks_uri": "https://issuer.example/certs"})
        self.asked += 1
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})


@pytest.fixture
def server() -> IssuerFake:
    return IssuerFake()


@pytest.fixture
def keys(server: IssuerFake) -> RemoteKeys:
    client = httpx.AsyncClient(transport=httpx.MockTransport(server))
    return RemoteKeys("https://issuer.example/realm/", client, clock=lambda: server.time)


async def finds(keys: RemoteKeys, kid: str) -> bool:
    return (found := await keys.find(kid)) is not None and found.kid == kid


async def test_known_keys_are_fetched_once(keys: RemoteKeys, server: IssuerFake) -> None:
    for _ in range(3):
        assert await finds(keys, "old")
    assert server.asked == 1


async def test_a_new_key_is_found_after_a_rotation(keys: RemoteKeys, server: IssuerFake) -> None:
    await keys.find("old")
    server.keys = [NEW]
    server.time += AGAIN_AFTER + 1
    assert await finds(keys, "new")
    assert not await finds(keys, "old")


async def test_made_up_key_ids_do_not_hammer_the_issuer(keys: RemoteKeys, server: IssuerFake) -> None:
    for n in range(20):
        assert await keys.find(f"made up {n}") is None
    assert server.asked == 1


async def test_a_key_that_was_taken_back_leaves_within_the_hour(keys: RemoteKeys, server: IssuerFake) -> None:
    await keys.find("old")
    server.keys = [NEW]
    server.time += STALE_AFTER + 1
    assert not await finds(keys, "old")


async def test_known_keys_serve_while_the_issuer_is_down(keys: RemoteKeys, server: IssuerFake) -> None:
    await keys.find("old")
    server.down = True
    server.time += STALE_AFTER + 1
    assert await finds(keys, "old")


async def test_an_issuer_that_was_never_reached_is_tried_again_soon(keys: RemoteKeys, server: IssuerFake) -> None:
    server.down = True
    with pytest.raises(KeysUnavailable):
        await keys.find("old")
    server.down, server.time = False, server.time + RETRY_AFTER
    assert await finds(keys, "old")


async def test_requests_that_come_together_share_one_fetch_and_all_get_in(keys: RemoteKeys, server: IssuerFake) -> None:
    assert await asyncio.gather(*(finds(keys, "old") for _ in range(10))) == [True] * 10
    assert server.asked == 1


async def test_nobody_gets_in_while_keys_are_unavailable(
    app: FastAPI, client: Clients, token: Tokens, keys: RemoteKeys, server: IssuerFake
) -> None:
    server.down = True
    app.state.keys = keys
    assert (await client(token("admin")).get("/lifts/me")).status_code == 503
