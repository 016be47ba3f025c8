"""Health, metrics and the reference of the interface."""

from collections.abc import Callable

from fastapi import FastAPI
from httpx import AsyncClient

Clients = Callable[..., AsyncClient]


async def test_live(client: Clients) -> None:
    assert (await client().get("/lifts/health/live")).json() == {"status": "live"}


async def test_ready_or_the_reasons_why_not(app: FastAPI, client: Clients) -> None:
    assert (await client().get("/lifts/health/ready")).status_code == 200
    app.state.ready = lambda: ["The relay does not run."]
    answer = await client().get("/lifts/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["The relay does not run."])


async def test_requests_are_counted_by_route_and_status_never_by_id(client: Clients) -> None:
    for how in ("rejected", "bug"):
        await client().get(f"/lifts/fails/{how}")
    await client().get("/nowhere/4711")
    text = (await client().get("/lifts/metrics")).text
    assert 'carnet_http_request_seconds_count{method="GET",route="/fails/{how}",status="409"} 1.0' in text
    assert 'carnet_http_request_seconds_count{method="GET",route="/fails/{how}",status="500"} 1.0' in text
    assert "4711" not in text


async def test_the_reference_for_programs_and_for_people(client: Clients) -> None:
    described = (await client().get("/lifts/openapi.json")).json()
    assert "/lifts/lifts" in described["paths"]
    assert "/sign-in" not in described["paths"]
    page = await client().get("/lifts/docs")
    assert "<code>/lifts/lifts</code>" in page.text
