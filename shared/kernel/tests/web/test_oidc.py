"""Sign-in with a provider that is not ours: `oidc-provider` over HTTP, its login page, its keys, its sign-out."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from engines.fixtures import skipping
from engines.oidc.login import sign_in
from engines.oidc.process import OidcProvider, oidc_provider
from fastapi import FastAPI
from pydantic import SecretStr
from web.conftest import routes

from carnet.kernel.credentials import MachineToken
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.application import create_app
from carnet.kernel.web.keys import RemoteKeys
from carnet.kernel.web.pages import Pages

FRONT = "http://carnet.test"
HTML = {"Accept": "text/html"}
Browser = Callable[[FastAPI], httpx.AsyncClient]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    with skipping("OpenID provider"), oidc_provider(FRONT, tmp_path_factory.mktemp("oidc") / "log") as running:
        yield running


@pytest.fixture
def oidc(provider: OidcProvider, tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(
        data=tmp_path,
        issuer=provider.issuer,
        front=FRONT,
        client_id="pages",
        roles_claim="realm_access.roles",
        client_secret=SecretStr("page secret+/"),
        machine_id="machine",
        machine_secret=SecretStr("machine secret"),
    )


@pytest.fixture
def suite(oidc: ServiceSettings) -> FastAPI:
    return create_app("lifts", "Lifts", oidc, [routes()], pages=Pages("lifts"))


@pytest.fixture
async def browser(suite: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser: it asks the suite at its front, and the provider over HTTP."""
    mounts = {FRONT: httpx.ASGITransport(suite)}
    async with httpx.AsyncClient(mounts=mounts, headers=HTML, follow_redirects=True) as client:
        yield client


async def signed_in(browser: httpx.AsyncClient, login: str, onward: str = "/lifts/me") -> httpx.Response:
    return await sign_in(browser, FRONT, login, onward)


async def test_somebody_signs_in_and_is_who_the_provider_says(browser: httpx.AsyncClient) -> None:
    page = await signed_in(browser, "paul")
    assert (str(page.url), page.json()) == (
        f"{FRONT}/lifts/me",
        {"subject": "paul", "name": "paul of the provider", "roles": ["planner"]},
    )


async def test_the_session_is_out_of_scripts_reach(browser: httpx.AsyncClient) -> None:
    page = await signed_in(browser, "paul")
    (session,) = [c for r in page.history for c in r.headers.get_list("set-cookie") if c.startswith("carnet_session=")]
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert not [name for name in browser.cookies if name.startswith("carnet_begun_")]


async def test_a_session_is_replaced_through_the_provider_without_a_question(browser: httpx.AsyncClient) -> None:
    await signed_in(browser, "paul")
    first = browser.cookies["carnet_session"]
    browser.cookies.delete("carnet_fresh")
    page = await browser.get(f"{FRONT}/lifts/me")
    assert (page.status_code, page.url.path) == (200, "/lifts/me")
    assert browser.cookies["carnet_session"] != first


async def test_signing_out_ends_the_providers_session_too(browser: httpx.AsyncClient) -> None:
    await signed_in(browser, "paul")
    page = await browser.post(f"{FRONT}/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert page.url.path == "/session/end"
    xsrf = re.search(r'name="xsrf" value="(\w+)"', page.text)
    assert xsrf is not None
    page = await browser.post(f"{page.url.copy_with(query=None)}/confirm", data={"xsrf": xsrf[1], "logout": "yes"})
    assert str(page.url).startswith(f"{FRONT}/signed-out")
    assert "carnet_session" not in browser.cookies
    page = await browser.get(f"{FRONT}/lifts/me")
    assert "/interaction/" in page.url.path


async def test_another_site_cannot_sign_somebody_out(browser: httpx.AsyncClient) -> None:
    await signed_in(browser, "paul")
    page = await browser.post(f"{FRONT}/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403
    assert "carnet_session" in browser.cookies


async def test_who_holds_no_role_of_carnet_is_nobody_here(browser: httpx.AsyncClient) -> None:
    page = await signed_in(browser, "nobody")
    assert (page.status_code, "hold no role in Carnet" in page.text) == (403, True)


async def test_signing_in_leads_to_no_other_site(browser: httpx.AsyncClient) -> None:
    page = await signed_in(browser, "paul", "https://evil.example/lifts/me")
    assert str(page.url) == f"{FRONT}/lifts/me"


async def answered(browser: httpx.AsyncClient) -> tuple[httpx.URL, dict[str, str]]:
    """Sign in once, then begin again and stop where the provider leads back: the address, and its parameters."""
    await signed_in(browser, "paul")
    begun = await browser.get(f"{FRONT}/sign-in", follow_redirects=False)
    back = await browser.get(begun.headers["location"], follow_redirects=False)
    address = httpx.URL(back.headers["location"])
    return address, {name: value for name, (value,) in parse_qs(urlsplit(str(address)).query).items()}


async def test_a_state_of_another_browser_is_refused(browser: httpx.AsyncClient, suite: FastAPI) -> None:
    address, _ = await answered(browser)
    async with httpx.AsyncClient(mounts={FRONT: httpx.ASGITransport(suite)}) as other:
        answer = await other.get(address)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "state")


@pytest.mark.parametrize("field", ["nonce", "verifier"])
async def test_an_answer_to_another_sign_in_is_refused(browser: httpx.AsyncClient, field: str) -> None:
    address, said = await answered(browser)
    name = f"carnet_begun_{said['state']}"
    kept = browser.cookies[name]
    tampered = re.sub(rf'(\\?"{field}\\?":\\?")[\w-]', r"\1_", kept)
    assert tampered != kept
    browser.cookies.delete(name)
    browser.cookies.set(name, tampered)
    assert (await browser.get(address)).status_code == 403


async def test_a_code_works_once(browser: httpx.AsyncClient) -> None:
    address, said = await answered(browser)
    kept = browser.cookies[f"carnet_begun_{said['state']}"]
    assert (await browser.get(address, follow_redirects=False)).status_code == 303
    browser.cookies.set(f"carnet_begun_{said['state']}", kept)
    assert (await browser.get(address)).status_code == 403


async def test_after_a_rotation_new_tokens_are_good_and_old_ones_are_not(
    browser: httpx.AsyncClient, provider: OidcProvider, suite: FastAPI
) -> None:
    clock = [0.0]
    keys = suite.state.keys = RemoteKeys(provider.issuer, httpx.AsyncClient(), lambda: clock[0])
    await signed_in(browser, "paul")
    old = browser.cookies["carnet_session"]
    provider.rotate()
    clock[0] += 31
    assert (await signed_in(browser, "paul")).status_code == 200
    async with httpx.AsyncClient(mounts={FRONT: httpx.ASGITransport(suite)}, cookies={"carnet_session": old}) as late:
        assert (await late.get(f"{FRONT}/lifts/me")).status_code == 401
    await keys.client.aclose()


async def test_a_machine_is_let_in_by_a_token_of_its_own(suite: FastAPI, oidc: ServiceSettings) -> None:
    mounts = {FRONT: httpx.ASGITransport(suite)}
    async with httpx.AsyncClient(mounts=mounts, auth=MachineToken(oidc)) as machine:
        answer = await machine.get(f"{FRONT}/lifts/me")
    assert (answer.json()["subject"], answer.json()["roles"]) == ("machine", ["viewer"])


async def test_an_id_token_is_no_bearer_token(browser: httpx.AsyncClient) -> None:
    await signed_in(browser, "paul")
    token = browser.cookies["carnet_session"]
    browser.cookies.clear()
    answer = await browser.get(f"{FRONT}/lifts/me", headers={"Authorization": f"Bearer {token}", "Accept": "*/*"})
    assert answer.status_code == 401


async def test_a_provider_that_is_away_is_said(tmp_path: Path) -> None:
    settings = ServiceSettings(data=tmp_path, issuer="http://127.0.0.1:1", front=FRONT)
    app = create_app("lifts", "Lifts", settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=FRONT) as client:
        answer = await client.get("/sign-in")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
