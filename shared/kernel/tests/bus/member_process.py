"""A member of a group in a process of its own, which takes three messages, says so, and waits to be killed."""

import asyncio
import sys
from pathlib import Path

from carnet.kernel.bus.kafka import KafkaBus
from carnet.kernel.bus.port import Bus
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.settings import ServiceSettings


async def main(address: str, topic: str) -> None:
    kafka = address.startswith("kafka://")
    bus: Bus = KafkaBus(ServiceSettings(bus=address)) if kafka else await SqliteBus.open(Path(address))
    member = await bus.subscribe("group", [topic])
    got = 0
    while got < 3:
        got += len(await member.batch())
    print(got, flush=True)  # noqa: T201  # the test waits for it
    await asyncio.sleep(3600)


asyncio.run(main(*sys.argv[1:]))
