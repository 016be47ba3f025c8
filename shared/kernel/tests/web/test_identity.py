"""Who gets in: tokens by header or cookie, roles, and everything that makes a token worthless."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from carnet.kernel.issuer import Issuer
from carnet.kernel.web.identity import EMBEDDED_ISSUER, Person, named, person_of, require
from carnet.kernel.web.keys import LocalKeys

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]

WANTED = {"quantity": 1}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    sound = {"iss": EMBEDDED_ISSUER, "aud": "carnet", "sub": "p-1", "exp": now + 600, "roles": ["planner"]}
    return {name: value for name, value in (sound | changes).items() if value is not None}


def signed(key: Any, algorithm: str, **changes: Any) -> str:
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims(**changes), key, algorithms=[algorithm])


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (["planner"], 200),
        (["admin"], 200),
        (["viewer", "planner"], 200),
        (["technician"], 403),
        (["bookkeeper"], 403),
        (["viewer"], 403),
        ([], 403),
    ],
)
async def test_roles(client: Clients, token: Tokens, roles: list[str], status: int) -> None:
    assert (await client(token(*roles)).post("/lifts/lifts", json=WANTED)).status_code == status


async def test_the_wrong_role_is_told_which_role_may(client: Clients, token: Tokens) -> None:
    answer = await client(token("viewer")).post("/lifts/lifts", json=WANTED)
    assert answer.json()["detail"] == "Only planner may do this; you are viewer."


async def test_no_token_is_401(client: Clients) -> None:
    answer = await client().get("/lifts/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_the_cookie_holds_a_token_too(client: Clients, token: Tokens) -> None:
    answer = await client(cookie=token("planner")).get("/lifts/me")
    assert answer.json() == {"subject": "p-1", "name": "Sandra Keller", "roles": ["planner"]}


async def test_a_page_without_a_session_leads_to_the_sign_in_and_back(client: Clients) -> None:
    answer = await client(html=True).get("/lifts/?day=2026-05-04&x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/lifts/%3Fday%3D2026-05-04%26x%3D1")


async def test_htmx_without_a_session_leads_the_whole_page_to_the_sign_in(client: Clients) -> None:
    answer = await client(hx_request="true", hx_current_url="http://127.0.0.1/lifts/").get("/lifts/me")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/lifts/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1},
        {"exp": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
)
async def test_a_token_that_is_not_for_us_or_not_for_now(
    client: Clients, issuer: Issuer, wrong: dict[str, Any]
) -> None:
    answer = await client(signed(issuer.key, "ES256", **wrong)).get("/lifts/me")
    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwIn0."])
async def test_what_is_no_token(client: Clients, token: str) -> None:
    assert (await client(authorization=f"Bearer {token}").get("/lifts/me")).status_code == 401


async def test_a_foreign_key_with_our_key_id(client: Clients, issuer: Issuer) -> None:
    forged = ECKey.generate_key("P-256", {"kid": str(issuer.key.kid)})
    assert (await client(signed(forged, "ES256")).get("/lifts/me")).status_code == 401


async def test_a_public_key_taken_for_a_shared_secret(client: Clients, issuer: Issuer) -> None:
    token = jwt.encode(
        {"alg": "HS256", "kid": issuer.key.kid}, claims(), OctKey.import_key("0" * 32), algorithms=["HS256"]
    )
    assert (await client(token).get("/lifts/me")).status_code == 401


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, auto_kid=True), "RS256"),
        (ECKey.generate_key("P-256", auto_kid=True), "ES256"),
        (OKPKey.generate_key("Ed25519", auto_kid=True), "EdDSA"),
        (OKPKey.generate_key("Ed25519", auto_kid=True), "Ed25519"),
    ],
)
async def test_algorithms(app: FastAPI, client: Clients, key: Any, algorithm: str) -> None:
    app.state.keys = LocalKeys(KeySet([key]))
    assert (await client(signed(key, algorithm)).get("/lifts/me")).status_code == 200


async def test_a_token_ends(client: Clients, issuer: Issuer) -> None:
    short = issuer.issue(Person(subject="p", name="P"), timedelta(seconds=-60))
    assert (await client(short).get("/lifts/me")).status_code == 401


async def test_a_token_that_was_good_is_refused_when_its_key_is_taken_back(app: FastAPI, client: Clients) -> None:
    key, other = (ECKey.generate_key("P-256", {"kid": "one"}) for _ in range(2))
    token = signed(key, "ES256")
    answers = []
    for known in (key, key, other):
        app.state.keys = LocalKeys(KeySet([known]))
        answers.append((await client(token).get("/lifts/me")).status_code)
    assert answers == [200, 200, 401]


def test_roles_may_hide_in_a_path_and_strangers_are_dropped() -> None:
    person = person_of({"sub": "p", "realm_access": {"roles": ["planner", "chef"]}}, "realm_access.roles")
    assert person == Person(subject="p", name="p", roles=frozenset({"planner"}))


@pytest.mark.parametrize("held", [None, "planner", {"a": 1}, 7, [["planner"]]])
def test_a_claim_that_holds_no_list_of_roles_gives_none(held: Any) -> None:
    assert person_of({"sub": "p", "roles": held}, "roles").roles == frozenset()


def test_a_role_that_there_is_not_cannot_be_required() -> None:
    with pytest.raises(ValueError, match="Roles are planner"):
        require("manager")


def test_roles_in_a_sentence() -> None:
    assert named(("planner", "bookkeeper", "admin")) == "planner, bookkeeper or admin"
