"""The toy contexts on a folder, where lamp after lamp is lit and named to `told`, until somebody kills the process."""

import asyncio
from multiprocessing.connection import Connection
from pathlib import Path

from toy import dispatch, objects, settings_in

from carnet.kernel.service import service
from carnet.kernel.trial import Trial, trial

CLIENTS = 3


async def light(suite: Trial, client: int, told: Connection) -> None:
    for n in range(client, 10_000, CLIENTS):
        key = {"Idempotency-Key": str(n)}
        lamp = (await suite.post("/objects/lamps", {"watts": n + 100}, headers=key)).json()["id"]
        await suite.post(f"/objects/lamps/{lamp}/out", headers=key | {"Idempotency-Key": f"out-{n}"})
        told.send(lamp)


async def shine(folder: Path, told: Connection) -> None:
    settings = settings_in(folder)
    async with trial(objects=service(objects, settings), dispatch=service(dispatch, settings)) as suite:
        await asyncio.gather(*(light(suite, client, told) for client in range(CLIENTS)))


def main(folder: Path, told: Connection) -> None:
    asyncio.run(shine(folder, told))
