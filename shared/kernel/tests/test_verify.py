"""`verify` notices what no gap shows: the last message of a stream that was lost on its way."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from engines.postgres import DatabaseOf
from test_relay import TOPIC, Plant, StoreFeeds, planted, published
from toy import Lit, PutOut

from carnet.kernel.notice import Notice
from carnet.kernel.verify import differences

A, B = Lit(lamp="a", watts=1), Lit(lamp="b", watts=2)


@pytest.fixture
async def plant(tmp_path: Path, database_of: DatabaseOf) -> AsyncIterator[Plant]:
    async with planted(tmp_path, database_of("dispatch")) as made:
        yield made


def line(what: str) -> str:
    return f"dispatch.tasks: {TOPIC}: {what}; let the relay of its producer publish again."


async def test_the_lost_end_of_a_stream_is_named(plant: Plant) -> None:
    lit, other, _ = await published(plant, A, B, PutOut(lamp="a"))
    await plant.projector().take([lit])
    assert await differences(plant.projector()) == [
        line("revision 0 of lamp-b has not come, nor the last ones of 1 other streams")
    ]
    await plant.projector().take([other])
    assert await differences(plant.projector()) == [line("revision 1 of lamp-a has not come")]
    await plant.relay.republish()
    await plant.projector().take(await published(plant))
    assert await differences(plant.projector()) == []


async def test_what_is_held_back_is_not_lost(plant: Plant) -> None:
    _, put_out, again = await published(plant, A, PutOut(lamp="a"), A)
    projector = plant.projector()
    await projector.take([put_out, again])
    assert await differences(projector) == []


@dataclass
class Slow(StoreFeeds):
    """A feed during whose answer the live consumer goes on."""

    on: Callable[[], Awaitable[None]] | None = None

    async def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        async for page in super().everything(topic):
            yield page
        assert self.on
        await self.on()


async def test_what_comes_meanwhile_is_neither_compared_nor_missed(plant: Plant) -> None:
    lit, put_out = await published(plant, A, PutOut(lamp="a"))
    projector = plant.projector()
    await projector.take([lit])
    projector.around = replace(plant.around, feeds=Slow(plant.store, on=lambda: projector.take([put_out])))
    assert await differences(projector) == []
    assert await plant.rows() == [{"task": "a", "text": "1", "done": True}]
