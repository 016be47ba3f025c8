"""A short journey through a suite that is installed somewhere: CARNET_FRONT_URL, and CARNET_TOKEN of an admin there.

Each service is ready behind the one address, and what one records comes to another's read model over the bus.
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


async def journey(front: str, bearer: str) -> None:
    """See that each service is ready, register a customer, and wait until invoicing has heard of him."""
    async with bearing(bearer, front) as suite:
        for context in CONTEXTS:
            (await suite.get(f"/{context}/health/ready")).raise_for_status()
        number = f"smoke-{uuid4().hex[:8]}"
        made = await suite.post(
            "/objects/parties", json={"number": number, "name": "Smoke & Co"}, headers={"Idempotency-Key": number}
        )
        assert made.status_code == 201, made.text
        async with asyncio.timeout(PATIENCE):
            while not await terms_may_be_set(suite, made.json()["id"]):  # noqa: ASYNC110  # it rings no bell
                await asyncio.sleep(0.2)


async def terms_may_be_set(suite: httpx.AsyncClient, party: str) -> bool:
    """Say whether invoicing has heard of a party."""
    return (await suite.get(f"/invoicing/debtors/{party}")).is_success


async def test_what_is_installed_somewhere_works() -> None:
    if not (front := os.environ.get("CARNET_FRONT_URL")):
        pytest.skip("an installation: CARNET_FRONT_URL names none")
    await journey(front, os.environ["CARNET_TOKEN"])


async def test_the_journey_itself_over_five_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_DATA", str(tmp_path))  # which `token` would set for the tests that follow
    with skipping("front door"), five_processes(tmp_path) as suite:
        await journey(suite.address, token(suite.folder, "admin"))
