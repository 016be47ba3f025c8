"""Before every request: no forged change, no endless body, an id that can be followed, headers for the browser."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable

import pytest
from httpx import AsyncClient

from carnet.kernel.logs import CORRELATION, configure

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]

WANTED = {"quantity": 1}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_change_by_cookie_comes_from_our_own_pages(
    client: Clients, token: Tokens, headers: dict[str, str], status: int
) -> None:
    answer = await client(cookie=token("planner"), **headers).post("/lifts/lifts", json=WANTED)
    assert answer.status_code == status


async def test_a_bearer_token_is_no_browsers_doing(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner"), sec_fetch_site="cross-site").post("/lifts/lifts", json=WANTED)
    assert answer.status_code == 200


async def test_reading_is_not_guarded(client: Clients, token: Tokens) -> None:
    assert (await client(cookie=token("viewer"), sec_fetch_site="cross-site").get("/lifts/me")).status_code == 200


async def test_another_site_cannot_sign_somebody_in(client: Clients) -> None:
    answer = await client(origin="http://evil.example").post("/sign-in", data={"role": "admin"})
    assert (answer.status_code, dict(answer.cookies)) == (403, {})


@pytest.mark.parametrize(
    ("path", "size", "status"), [("small", 1000, 200), ("small", 1001, 413), ("big", 3000, 200), ("big", 3001, 413)]
)
async def test_a_body_is_bounded_also_by_the_endpoints_own_measure(
    client: Clients, path: str, size: int, status: int
) -> None:
    answer = await client().post(f"/lifts/{path}", content=b"x" * size)
    assert answer.status_code == status


async def test_a_body_that_does_not_say_its_length_is_counted(client: Clients) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100

    answer = await client().post("/lifts/small", content=pieces())
    assert (answer.status_code, answer.json()["title"]) == (413, "Too large")


async def test_a_large_json_body_is_413_and_not_a_field_error(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner")).post("/lifts/lifts", json={"quantity": 1, "note": "x" * 1000})
    assert answer.status_code == 413


async def test_the_callers_correlation_id_is_kept(client: Clients) -> None:
    assert (await client(x_correlation_id="visit-7").get("/lifts/health/live")).headers["x-correlation-id"] == "visit-7"


@pytest.mark.parametrize("given", ["", "x" * 101, "tab\there"])
async def test_a_correlation_id_that_cannot_be_kept_is_replaced(client: Clients, given: str) -> None:
    made = (await client(x_correlation_id=given).get("/lifts/health/live")).headers["x-correlation-id"]
    assert made not in {"", given}


async def test_the_correlation_id_does_not_outlive_its_request(client: Clients) -> None:
    await client(x_correlation_id="c-1").get("/lifts/health/live")
    assert CORRELATION.get() == ""


@pytest.mark.parametrize("path", ["/lifts/health/live", "/lifts/fails/bug", "/nowhere", "/lifts/fails/rejected"])
async def test_every_answer_carries_the_browsers_headers(client: Clients, path: str) -> None:
    headers = (await client().get(path)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_the_body_of_a_keyed_request_is_hashed(client: Clients, token: Tokens) -> None:
    body = json.dumps(WANTED).encode()
    answer = await client(token("planner"), idempotency_key="k-1", content_type="application/json").post(
        "/lifts/lifts", content=body
    )
    assert answer.json()["key"] == "k-1"
    assert answer.json()["hash"] == hashlib.sha256(body).hexdigest()


async def test_a_bug_is_logged_with_its_traceback(client: Clients, capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    await client(x_correlation_id="c-9").get("/lifts/fails/bug")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["correlation"], line["level"]) == ("unhandled", "c-9", "error")
    assert line["exception"][0]["exc_type"] == "RuntimeError"
    assert "locals" not in line["exception"][0]["frames"][0]


async def test_a_document_opens_in_the_browsers_own_viewer(client: Clients) -> None:
    headers = (await client().get("/lifts/invoice.pdf")).headers
    assert "content-security-policy" not in headers
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "Multipart/Mixed; boundary=x"])
async def test_a_file_is_refused_unread(client: Clients, kind: str) -> None:
    file = b'--x\r\nContent-Disposition: form-data; name="role"; filename="a.svg"\r\n\r\n<svg/>\r\n--x--\r\n'
    answer = await client(origin="http://127.0.0.1", content_type=kind).post("/sign-in", content=file)
    assert (answer.status_code, answer.json()["title"]) == (415, "No files")
    assert answer.json()["detail"] == "Carnet takes no files; send what the form asks for, or JSON."


async def test_a_form_that_is_too_large_is_413(client: Clients) -> None:
    answer = await client(origin="http://127.0.0.1").post("/sign-in", data={"role": "x" * 1000})
    assert answer.status_code == 413
