"""A short journey through an installed suite: the one at CARNET_FRONT_URL, with CARNET_TOKEN of an admin there.

Where none is named, through five processes of our own behind the same front door, so that the journey itself is tried.
"""

import asyncio
import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from engines.fixtures import skipping
from engines.processes import five_processes

from carnet.kernel.service import CONTEXTS
from carnet.runner.suite import bearing, token

PATIENCE = 120.0


def test_each_service_is_ready_and_hears_what_another_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if front := os.environ.get("CARNET_FRONT_URL"):
        asyncio.run(journey(front, os.environ["CARNET_TOKEN"]))
        return
    monkeypatch.setenv("CARNET_DATA", str(tmp_path))  # which `token` would set for the tests that follow
    with skipping("front door"), five_processes(tmp_path) as suite:
        asyncio.run(journey(suite.address, token(tmp_path, "admin")))


async def journey(front: str, token: str) -> None:
    """Find each service ready behind the one address; register a party, and see that invoicing knows its language."""
    async with bearing(token, front) as suite:
        async with asyncio.timeout(PATIENCE):
            for context in CONTEXTS:
                while (await suite.get(f"/{context}/health/ready")).is_error:  # noqa: ASYNC110  # as below
                    await asyncio.sleep(0.2)
        party = {"number": f"smoke-{uuid4().hex[:8]}", "name": "Smoke & Co"}
        languages = {
            (await registered_in(suite, language, party["number"] + language, party["name"]))
            for language in ("fr", "en")
        }
        assert languages == {"fr", "en"}


async def registered_in(suite: httpx.AsyncClient, language: str, number: str, name: str) -> str:
    """Register a party, and give its language once invoicing has heard it."""
    body = {"number": number, "name": name, "language": language}
    made = await suite.post("/objects/parties", json=body, headers={"Idempotency-Key": number})
    assert made.status_code == 201, made.text
    async with asyncio.timeout(PATIENCE):
        while (heard := await language_in_invoicing(suite, made.json()["id"])) != language:  # noqa: ASYNC110  # no bell
            await asyncio.sleep(0.2)
    return heard


async def language_in_invoicing(suite: httpx.AsyncClient, party: str) -> str:
    found: str = (await suite.get(f"/invoicing/debtors/{party}")).raise_for_status().json()["language"]
    return found
