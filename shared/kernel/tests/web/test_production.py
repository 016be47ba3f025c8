"""In production: behind a proxy that speaks TLS, cookies and headers are strict, and limits are each person's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from engines.fixtures import skipping
from engines.oidc.login import sign_in
from engines.oidc.process import OidcProvider, oidc_provider
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from web.conftest import routes

from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.application import create_app
from carnet.kernel.web.pages import Pages

FRONT = "https://carnet.test"
PROXY = ("10.0.0.7", 4711)
HTML = {"Accept": "text/html"}


def behind_a_proxy(app: FastAPI) -> httpx.ASGITransport:
    """Ask an app as its server does whose proxy is trusted (FORWARDED_ALLOW_IPS)."""
    return httpx.ASGITransport(ProxyHeadersMiddleware(app, "*"), client=PROXY)  # type: ignore[arg-type]  # it is ASGI


def of(person: str) -> dict[str, str]:
    """Give what the proxy adds for somebody at an address."""
    return {"X-Forwarded-For": person, "X-Forwarded-Proto": "https"}


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(
        data=tmp_path,
        production=True,
        issuer="https://login.carnet.test/realm",
        front=FRONT,
        rate=0.01,
        burst=3,
        body_limit=1000,
    )


@pytest.fixture
async def client(settings: ServiceSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app("lifts", "Lifts", settings, [routes()], pages=Pages("lifts"))
    async with httpx.AsyncClient(
        transport=behind_a_proxy(app), base_url="http://inside:8000", headers=of("203.0.113.7")
    ) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/lifts/health/live", 200),
        ("/lifts/docs", 200),  # what programs may ask is no secret, and names nothing of the firm
        ("/lifts/openapi.json", 200),
        ("/lifts/me", 401),
        ("/nowhere", 404),
        ("/lifts/fails/rejected", 409),
        ("/lifts/static/kernel/carnet.css", 200),
    ],
)
async def test_every_answer_is_strict(client: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == status
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'self'; ")
    assert "form-action 'self' https://login.carnet.test; frame-ancestors 'none'" in policy  # to sign out there
    assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_without_tls_nothing_promises_it(settings: ServiceSettings) -> None:
    plain = settings.model_copy(update={"front": None})
    async with httpx.AsyncClient(transport=behind_a_proxy(create_app("lifts", "Lifts", plain)), base_url=FRONT) as one:
        assert "strict-transport-security" not in (await one.get("/lifts/health/live")).headers


async def test_who_is_not_signed_in_goes_to_the_provider_and_nobody_signs_in_by_role(client: httpx.AsyncClient) -> None:
    answer = await client.get("/lifts/me", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/lifts/me")
    assert (await client.post("/sign-in", data={"role": "admin"}, headers={"Origin": "http://inside:8000"})).is_error


async def test_links_are_those_of_the_front(client: httpx.AsyncClient) -> None:
    answer = await client.get("/lifts/lifts?limit=3", headers={"Host": "carnet.test"})
    assert answer.headers["link"].startswith(f"<{FRONT}/lifts/lifts?limit=3&cursor=")


async def test_each_person_has_a_rate_of_their_own_and_is_told_so_as_a_problem(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        assert (await client.get("/lifts/lifts")).status_code == 200
    refused = await client.get("/lifts/lifts")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.headers["retry-after"] == "100"
    assert refused.json()["detail"].endswith("wait a moment, then try again.")
    page = await client.get("/lifts/lifts", headers=HTML)
    assert (page.status_code, "wait a moment" in page.text) == (429, True)
    assert (await client.get("/lifts/lifts", headers=of("203.0.113.8"))).status_code == 200


async def test_a_body_that_is_too_large_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.post("/lifts/small", content=b"x" * 1001)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "1000 bytes" in answer.json()["detail"]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    with skipping("OpenID provider"), oidc_provider(FRONT, tmp_path_factory.mktemp("oidc") / "log") as running:
        yield running


async def test_every_cookie_is_for_tls_and_for_no_script(provider: OidcProvider, tmp_path: Path) -> None:
    settings = ServiceSettings(
        data=tmp_path,
        issuer=provider.issuer,  # on loopback without TLS, so this one suite is not in production
        front=FRONT,
        client_id="pages",
        client_secret=SecretStr("page secret+/"),
        roles_claim="realm_access.roles",
    )
    app = create_app("lifts", "Lifts", settings, [routes()], pages=Pages("lifts"))
    mounts = {FRONT: behind_a_proxy(app)}
    async with httpx.AsyncClient(mounts=mounts, headers=HTML | of("203.0.113.7"), follow_redirects=True) as browser:
        page = await sign_in(browser, FRONT, "paul", "/lifts/me")
        assert page.json()["subject"] == "paul"
        chosen = await browser.post(
            f"{FRONT}/lifts/language", data={"language": "fr", "next": "/lifts/me"}, headers={"Origin": FRONT}
        )
        begun = await browser.get(f"{FRONT}/sign-in", follow_redirects=False)
    answers = [each for each in (*page.history, *chosen.history, begun) if each.url.host == "carnet.test"]
    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")]
    kept = {cookie.partition("=")[0]: cookie.split("; ")[1:] for cookie in cookies if "Max-Age=0" not in cookie}
    begun_ones = {name for name in kept if name.startswith("carnet_begun_")}
    assert kept.keys() - begun_ones == {"carnet_session", "carnet_fresh", "carnet_language"}
    assert begun_ones
    for name, attributes in kept.items():
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= set(attributes), name
        assert ("Path=/sign-in" if name in begun_ones else "Path=/") in attributes
