"""The embedded issuer: sign in and out, a key made once, and no way to run it in earnest."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from carnet.kernel.issuer import KEY_FILE, Issuer, embedded, kept_key
from carnet.kernel.settings import BadSettings, ServiceSettings
from carnet.kernel.web.application import create_app

Clients = Callable[..., AsyncClient]


async def test_somebody_signs_in_works_and_signs_out(client: Clients) -> None:
    browser = client(html=True, sec_fetch_site="same-origin")
    assert (await browser.get("/lifts/")).headers["location"] == "/sign-in?next=/lifts/"
    assert 'value="bookkeeper"' in (await browser.get("/sign-in?next=/lifts/")).text

    signed_in = await browser.post("/sign-in", data={"role": "planner", "next": "/lifts/"})
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/lifts/")
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie

    page = await browser.get("/lifts/")
    assert page.status_code == 200
    assert "Planner" in page.text

    await browser.post("/sign-out")
    assert (await browser.get("/lifts/")).status_code == 303


@pytest.mark.parametrize(
    "onward", ["https://evil.example/x", "//evil.example/x", "/\\evil.example/x", "\\\\evil.example/x", "x"]
)
async def test_signing_in_never_leads_to_another_site(client: Clients, onward: str) -> None:
    answer = await client(origin="http://127.0.0.1").post("/sign-in", data={"role": "viewer", "next": onward})
    assert answer.headers["location"] in {"/x", "/evil.example/x"}


async def test_a_role_that_there_is_not_is_422(client: Clients) -> None:
    answer = await client().post("/sign-in", data={"role": "chef"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "role")


async def test_a_name_that_was_pointed_at_this_machine_signs_nobody_in(client: Clients) -> None:
    answer = await client(host="evil.example", origin="http://evil.example").post("/sign-in", data={"role": "admin"})
    assert (answer.status_code, dict(answer.cookies)) == (403, {})


async def test_the_published_keys_hold_no_secret(client: Clients, issuer: Issuer) -> None:
    (key,) = (await client().get("/.well-known/jwks.json")).json()["keys"]
    assert (key["kid"], "d" in key) == (issuer.key.kid, False)


def test_the_key_is_for_its_owner_alone_and_stays(settings: ServiceSettings) -> None:
    first = embedded(settings).key
    assert stat.S_IMODE((settings.data / KEY_FILE).stat().st_mode) == 0o600
    assert embedded(settings).key.kid == first.kid
    assert [file.name for file in settings.data.iterdir()] == [KEY_FILE]


def test_services_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        kids = {key.kid for key in many.map(kept_key, [tmp_path / KEY_FILE] * 16)}
    assert len(kids) == 1


def test_an_oidc_issuer_leaves_nothing_to_embed(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^Tokens come from https:.* get one there, for CARNET_TOKEN"):
        embedded(ServiceSettings(data=tmp_path, issuer="https://issuer.example"))


async def test_with_an_oidc_issuer_there_is_no_sign_in_by_role(tmp_path: Path) -> None:
    app = create_app("lifts", "Lifts", ServiceSettings(data=tmp_path, issuer="https://issuer.example"))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client:
        assert (await client.post("/sign-in", data={"role": "admin"})).status_code == 405


def test_with_an_oidc_issuer_no_key_is_made(tmp_path: Path) -> None:
    create_app("lifts", "Lifts", ServiceSettings(data=tmp_path, issuer="https://issuer.example"))
    assert list(tmp_path.iterdir()) == []
