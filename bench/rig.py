"""What several benchmarks stand on: engines in a folder, a store filled with given events, times taken."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel

from carnet.kernel.codec import stored_name
from carnet.kernel.engines import open_engines
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.metrics import Metrics
from carnet.kernel.migrations import upgrade
from carnet.kernel.projection import Projector, ReadModel
from carnet.kernel.rebuild import Rebuild, prepare
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent
from carnet.kernel.surroundings import Surroundings

T = TypeVar("T")

TOGETHER = 500  # streams that are appended to at once
METADATA = {"actor": "anna", "correlation": "c0ffee"}


@asynccontextmanager
async def around(context: str, **settings: Any) -> AsyncIterator[Surroundings]:
    """Open one context's engines, embedded in a new folder unless settings name others, with the kernel's tables."""
    with TemporaryDirectory() as folder:
        engines = await open_engines(context, ServiceSettings(data=Path(folder), **settings))
        await engines.database.write(upgrade)
        feeds: Any = HttpFeeds  # no gap is healed here
        source = f"/carnet/bench/{context}/{UUID(int=1)}"
        yield Surroundings(engines.store, engines.bus, engines.database, feeds, Metrics(), source)
        await engines.close()


def new_event(event: BaseModel) -> NewEvent:
    return NewEvent(uuid4(), stored_name(type(event)), event.model_dump_json(exclude_none=True).encode(), METADATA)


async def fill(store: EventStore, streams: Iterable[tuple[str, Sequence[BaseModel]]]) -> int:
    """Append whole streams, many at once; give how many events that were."""
    count = 0
    for some in batched(streams, TOGETHER):
        whole = [(name, [new_event(event) for event in events]) for name, events in some]
        await asyncio.gather(*(store.append(name, events, NO_STREAM) for name, events in whole))
        count += sum(len(events) for _, events in whole)
    return count


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give things by the batch."""
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


async def rebuild_seconds(model: ReadModel, around: Surroundings) -> float:
    """Rebuild a read model from the first event, swap included; give the seconds."""
    projector = Projector(model, around)
    await prepare(projector)
    begin = time.perf_counter()
    await Rebuild(projector, 2, needed=False).run()
    return time.perf_counter() - begin


def rate(act: Callable[[], int], seconds: float) -> float:
    """Do something again and again for so long; give how much of it was done a second."""
    begin, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < seconds:
        done += act()
    return done / spent
