"""A short journey through a suite that is installed somewhere: CARNET_FRONT_URL, and CARNET_TOKEN of an admin there.

Each service is ready behind the one address, and what one records comes to another's read model over the bus.
"""

import asyncio
import os
from uuid import uuid4

import httpx
import pytest
from engines.fixtures import skipping
from engines.processes import five_processes

from carnet.kernel.service import CONTEXTS
from carnet.runner.suite import bearing, token

PATIENCE = 120.0


async def journey(front: str, token: str) -> None:
    """Register a customer, sell him a lift, and find it on the board of another context."""
    async with bearing(token, front) as suite:
        for context in CONTEXTS:
            (await suite.get(f"/{context}/health/ready")).raise_for_status()
        number = f"smoke-{uuid4().hex[:8]}"
        made = await suite.post(
            "/objects/parties", json={"number": number, "name": "Smoke & Co"}, headers={"Idempotency-Key": number}
        )
        assert made.status_code == 201, made.text
        async with asyncio.timeout(PATIENCE):
            while not await terms_may_be_set(suite, made.json()["id"]):
                await asyncio.sleep(0.2)


async def terms_may_be_set(suite: httpx.AsyncClient, party: str) -> bool:
    """Say whether invoicing has heard of a party."""
    return (await suite.get(f"/invoicing/debtors/{party}")).is_success
