"""What a caller saw, and that it asks again."""

from collections.abc import Callable

import pytest
from httpx import AsyncClient

from carnet.kernel.web.preconditions import etag

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]

WANTED = {"quantity": 1}


@pytest.mark.parametrize(("header", "seen"), [('"7"', 7), ('W/"7"', 7), (' "0" ', 0), ("*", None), (None, None)])
async def test_if_match(client: Clients, token: Tokens, header: str | None, seen: int | None) -> None:
    headers = {"if_match": header} if header else {}
    answer = await client(token("planner"), **headers).post("/lifts/lifts", json=WANTED)
    assert answer.json()["seen"] == seen


@pytest.mark.parametrize("header", ["7", '"x"', '"-1"', '"07"', '"1", "2"', '"' + "9" * 30 + '"'])
async def test_an_if_match_that_cannot_be_read_is_400(client: Clients, token: Tokens, header: str) -> None:
    answer = await client(token("planner"), if_match=header).post("/lifts/lifts", json=WANTED)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "If-Match")


def test_an_etag_is_what_if_match_takes() -> None:
    assert etag(7) == '"7"'


@pytest.mark.parametrize("key", ["", "with space", "x" * 201])
async def test_an_idempotency_key_that_cannot_be_kept_is_400(client: Clients, token: Tokens, key: str) -> None:
    answer = await client(token("planner"), idempotency_key=key).post("/lifts/lifts", json=WANTED)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


async def test_without_a_key_nothing_is_hashed(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner")).post("/lifts/lifts", json=WANTED)
    assert (answer.json()["key"], answer.json()["hash"]) == ("", "")


async def test_another_body_has_another_hash(client: Clients, token: Tokens) -> None:
    asking = client(token("planner"), idempotency_key="k-1")
    hashes = [(await asking.post("/lifts/lifts", json={"quantity": n})).json()["hash"] for n in (1, 2, 1)]
    assert hashes[0] == hashes[2] != hashes[1]
