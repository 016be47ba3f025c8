"""`python -m bench.scale.objects FOLDER SIZE [DATABASE]`: a service of objects with so many of them.

Prints its figures as a JSON object. The store is loaded directly, many streams at once; then the service starts on it,
its relay and its read models take all in. The database of the read models is a file, or the one that is named.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench.append import CLIENTS
from bench.rig import fill
from bench.scale.asking import questions_of
from bench.scale.figures import Figure, Figures, bytes_a_row, resident, times, took, until
from bench.scale.register import TODAY, heard, streams

from carnet.kernel.because import Because
from carnet.kernel.engines import open_engines
from carnet.kernel.projection import Projector
from carnet.kernel.rebuild import start_rebuild
from carnet.kernel.runtime import Runtime
from carnet.kernel.serve import calm_garbage_collection
from carnet.kernel.trial import Trial, trial
from carnet.objects.app import OBJECTS, build
from carnet.objects.domain.object import ReadMeter, Register
from carnet.objects.settings import Settings
from carnet.objects.streams import OBJECTS as OBJECT

DONE_BY_ONE: Final = 300  # commands
DONE_BY_ALL: Final = 3_000
TABLES: Final = (
    *(str(table.__tablename__) for model in OBJECTS.read_models for table in model.tables),
    "carnet_relayed_stream",
)


async def measured(settings: Settings, size: int) -> Figures:
    """Load the store, start the service on it, and look at it from all sides."""
    figures, events = await loaded(settings, size)
    async with trial(objects=build(settings)) as suite:
        runtime = suite.runtime("objects")
        figures |= await taken_in(suite, runtime, events)
        await runtime.engines.database.write(lambda connection: heard(connection, size))
        figures |= await questions_of(runtime.engines.database, size)
        figures |= await commands(runtime, size)
        figures |= {"rebuild of the search model": Figure(await rebuilt(runtime.projectors[0], events), "events/s")}
        figures |= {"memory of the process": resident()}
        figures |= await runtime.query(lambda session: bytes_a_row(session, TABLES))
    return figures


async def loaded(settings: Settings, size: int) -> tuple[Figures, int]:
    engines = await open_engines("objects", settings)
    begin = time.perf_counter()
    events = await fill(engines.store, streams(size))
    rate = Figure(events / (time.perf_counter() - begin), "events/s")
    await engines.close()
    stored = (settings.data / "objects" / "events.db").stat().st_size / events
    return {"loading the store": rate, "store, an event": Figure(stored, "bytes")}, events


async def taken_in(suite: Trial, runtime: Runtime, events: int) -> Figures:
    """Wait until the relay has published all, and until the nine read models have taken it in beside it."""
    begin = time.perf_counter()
    head = await runtime.engines.store.head()

    async def relayed() -> bool:
        return await runtime.relay.relayed() == head

    async def rests() -> bool:
        return await suite.at_rest() is not None

    await until(relayed)
    published = time.perf_counter() - begin
    await until(rests)
    taken = time.perf_counter() - begin
    return {
        "relayed, beside the read models": Figure(events / published, "events/s"),
        "in all read models, beside the relay": Figure(events / taken, "events/s"),
        "bus, an event": Figure((runtime.settings.data / "bus.db").stat().st_size / events, "bytes"),
    }


async def commands(runtime: Runtime, size: int) -> Figures:
    """Give commands to objects, one after another and many clients at once, relay and read models beside."""
    chance = random.Random(7)
    alone = [await took(read_meter(runtime, chance.randrange(size), n)) for n in range(DONE_BY_ONE)]
    begin = time.perf_counter()
    await asyncio.gather(*(client(runtime, size, number) for number in range(CLIENTS)))
    rate = DONE_BY_ALL // CLIENTS * CLIENTS / (time.perf_counter() - begin)
    return {**times("a command", alone), f"commands, {CLIENTS} clients": Figure(rate, "commands/s")}


async def client(runtime: Runtime, size: int, number: int) -> None:
    for n in range(DONE_BY_ALL // CLIENTS):
        name = f"new-{number}-{n}"
        command = Register(object_id=name, number=name, name=name, kind="lift", registered_on=TODAY)
        await runtime.handle(OBJECT, name, command, Because("anna", f"{size}-{name}"))


async def read_meter(runtime: Runtime, object_number: int, n: int) -> None:
    command = ReadMeter(meter="doors", reading=n, read_on=TODAY)
    await runtime.handle(OBJECT, f"o{object_number}", command, Because("anna", f"read-{n}"))


async def rebuilt(projector: Projector, events: int) -> float:
    """Build the model anew beside the live one, as an upgrade does; give the events a second."""
    begin = time.perf_counter()
    await (await start_rebuild(projector)).run()
    return events / (time.perf_counter() - begin)


def main(folder: str, size: str, *database: str) -> Figures:
    calm_garbage_collection()  # as a service does when it starts
    engines: dict[str, Any] = {"database": database[0]} if database else {}
    return asyncio.run(measured(Settings(data=Path(folder), log_level="error", **engines), int(size)))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
