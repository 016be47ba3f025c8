"""Which topics and which contexts each context hears, as its consumers say."""

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from carnet.events.catalogue import context_topic
from carnet.kernel.serve import build
from carnet.kernel.service import CONTEXTS
from carnet.runner.hearing import empty


@cache
def topics() -> dict[str, set[str]]:
    """Give the topics by the context that hears them."""
    return asyncio.run(declared())


@cache
def groups() -> dict[str, set[str]]:
    """Give the names at the bus of each context's consumers."""
    topics()
    return GROUPS


GROUPS: dict[str, set[str]] = {}


async def declared() -> dict[str, set[str]]:
    found = {}
    with TemporaryDirectory() as folder:
        for context in CONTEXTS:
            async with empty(build(context), Path(folder)) as runtime:
                found[context] = {topic for consumer in runtime.consumers for topic in consumer.topics}
                GROUPS[context] = {consumer.group for consumer in runtime.consumers}
    return found


def producers(context: str) -> set[str]:
    """Give the contexts that a context hears."""
    return {each for each in CONTEXTS if context_topic(each) in topics()[context]}
