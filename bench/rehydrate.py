"""An order of a hundred events rehydrated and decided on, from bytes and from the store.

The peer folds the same events with the same decider, fed by `json.loads` and `model_validate`.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from statistics import median
from typing import Any, Final, get_args

from bench.orders import AGAIN, OFFICE, commands
from bench.report import Row, say
from bench.rig import around, rate
from pydantic import BaseModel

from carnet.dispatch.domain.order_events import Event
from carnet.dispatch.streams import ORDERS
from carnet.kernel.codec import stored_name
from carnet.kernel.kept import Folded
from carnet.kernel.store.port import RecordedEvent
from carnet.kernel.streams import Stream

ROUNDS: Final = 5
SECONDS: Final = 0.5
KINDS: Final[dict[str, type[BaseModel]]] = {stored_name(kind): kind for kind in get_args(Event)}


async def measured() -> list[Row]:
    async with around("dispatch") as service:
        stream = Stream(service.store, ORDERS, "order-1")
        for command in commands("1"):
            await stream.handle(command, OFFICE)
        history = await service.store.read(stream.name)
        assert len(history) == 100
        return [side_by_side(stream, history), await from_store(stream)]


def side_by_side(stream: Stream[Any, Any, Any], history: Sequence[RecordedEvent]) -> Row:
    rounds = [
        (rate(lambda: ours(stream, history), SECONDS), rate(lambda: theirs(history), SECONDS)) for _ in range(ROUNDS)
    ]
    value, peer = (round(median(rates)) for rates in zip(*rounds, strict=True))
    ratio = round(median(mine / other for mine, other in rounds), 2)
    name = "rehydrate 100 events and decide, from bytes"
    return Row(name, value, "events/s", ">= 50000, >= 2x", "json.loads + model_validate", peer, ratio)


def ours(stream: Stream[Any, Any, Any], history: Sequence[RecordedEvent]) -> int:
    ORDERS.decider.decide(AGAIN, stream.onward(Folded(ORDERS.decider.initial), history).state)
    return len(history)


def theirs(history: Sequence[RecordedEvent]) -> int:
    decoded: Any = [KINDS[event.type].model_validate(json.loads(event.data)) for event in history]
    ORDERS.decider.decide(AGAIN, ORDERS.decider.fold(decoded))
    return len(history)


async def from_store(stream: Stream[Any, Any, Any]) -> Row:
    begin, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < SECONDS * ROUNDS:
        await stream.handle(AGAIN, OFFICE)
        done += 100
    return Row("the same through the SQLite store", round(done / spent), "events/s", ">= 50000")


if __name__ == "__main__":
    say(asyncio.run(measured()))
