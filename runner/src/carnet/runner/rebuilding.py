"""`carnet rebuild`, also behind a front door: of several replicas only the one that consumes can do it."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from carnet.kernel.serve import NotReady
from carnet.kernel.settings import BadSettings
from carnet.runner.suite import status

CONFLICT: Final = 409
TRIES: Final = 50  # a front door deals out replicas in turn, or at random
PAUSE: Final = 0.1  # seconds
OUT_OF_SIGHT: Final = 10.0  # seconds in which no replica says that it rebuilds, and nothing was swapped


async def rebuild(suite: httpx.AsyncClient, context: str, model: str) -> None:
    """Have a read model rebuilt and wait until it is swapped; raises BadSettings (refused), NotReady (cut off)."""
    before = built(await status(suite, context), model)
    await ask(suite, f"/{context}/ops/rebuild/{model}")
    seen = time.monotonic()
    while built(found := await status(suite, context), model) <= before:
        if model in found["rebuilds"]:
            seen = time.monotonic()
        if time.monotonic() - seen > OUT_OF_SIGHT:
            raise NotReady(f"{model} was not rebuilt to the end; the log of {context} says why. The old rows stay.")
        await asyncio.sleep(PAUSE)


async def ask(suite: httpx.AsyncClient, path: str) -> None:
    """Ask until the replica is met that consumes; raises BadSettings with what the last one said."""
    for _ in range(TRIES):
        answer = await suite.post(path)
        if answer.status_code != CONFLICT:
            break
        await asyncio.sleep(PAUSE)
    if answer.is_error:
        raise BadSettings(answer.json()["detail"])


def built(status: Mapping[str, Any], model: str) -> int:
    """Give how often a read model was built, which every replica knows."""
    return int(status["generations"].get(model, 0))
