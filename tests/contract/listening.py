"""Each service for itself, which is told one fact at a time; whatever goes wrong in a consumer surfaces."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import uuid4

from contract.samples import APPS, MOMENT, private_events

from carnet.events.catalogue import INBOUND, topic_of
from carnet.events.fact import Fact
from carnet.kernel import inbound
from carnet.kernel.because import Because
from carnet.kernel.bus.port import Delivery
from carnet.kernel.decider import Rejected
from carnet.kernel.notice import Notice, from_bus, from_envelope, from_store
from carnet.kernel.projection import Projector
from carnet.kernel.reaction import NotYet, Reactor
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import NO_STREAM, NewEvent, Position, RecordedEvent
from carnet.kernel.trial import published
from carnet.runner.hearing import empty

Ending: TypeAlias = Literal["done", "waiting", "rejected"]
BEFORE: Final = {
    "party-registered.v1": "party-{party_id}",
    "technician-registered.v1": "technician-{technician_id}",
    "contract-signed.v1": "contract-{version[contract_id]}",
    "article-priced.v1": "article-{article}",
    "debtor-terms-set.v1": "debtor-{debtor_id}",
}
"""The samples that are in the stores from the beginning, by the streams that they begin: people entered them."""

PERSON: Final = Because("person", "person")


@dataclass
class Listeners:
    """Five services that run; `endings` counts how their reactions to what they were told ended."""

    runtimes: dict[str, Runtime] = field(default_factory=dict)
    endings: Counter[tuple[str, Ending]] = field(default_factory=Counter)

    async def tell(self, fact: Fact) -> None:
        """Let every consumer that hears a fact take it in; raises what would make a dead letter."""
        notice = notice_of(fact)
        for runtime in self.runtimes.values():
            for projector in runtime.projectors:
                await project(projector, notice)
            for reactor in runtime.reactors:
                if notice.type in reactor.readers:
                    self.endings[reactor.name, await ending(reactor, notice)] += 1

    async def enter(self, context: str) -> None:
        """Put into a store what people have entered there."""
        for name, sample, _ in private_events(context):
            if name in BEFORE:
                stored = NewEvent(uuid4(), name, json.dumps(sample).encode(), PERSON.metadata())
                await self.runtimes[context].engines.store.append(BEFORE[name].format(**sample), [stored], NO_STREAM)

    async def keep(self, context: str) -> None:
        """Bring a context's private samples into its read models."""
        for n, (name, sample, _) in enumerate(private_events(context)):
            data = json.dumps(sample).encode()
            stored = RecordedEvent(uuid4(), name, data, {}, f"sample-{n}", 0, Position(n + 1), MOMENT)
            for projector in self.runtimes[context].projectors:
                await project(projector, from_store(stored, "/test"))


async def project(projector: Projector, notice: Notice) -> None:
    if (heard := projector.heard(notice)) is not None:
        await projector.around.database.write(lambda c: projector.model.project(c, projector.tables, [heard]))


async def ending(reactor: Reactor, notice: Notice) -> Ending:
    """React; a refusal is an ending too, which a person has to look at."""
    try:
        await reactor.react_once(notice)
    except NotYet:
        return "waiting"
    except Rejected:
        return "rejected"
    return "done"


def notice_of(fact: Fact) -> Notice:
    """Give a fact as it arrives, the first one of a stream of its own."""
    topic = topic_of(type(fact))
    if isinstance(fact, INBOUND):
        return from_bus(Delivery(topic, inbound.message(fact, "/test")))
    return from_envelope(topic, published(f"sample-{uuid4()}", 0, -1, fact))


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Listeners]:
    """Run the five services, each alone."""
    async with AsyncExitStack() as stack:
        listeners = Listeners()
        for context, app in APPS.items():
            listeners.runtimes[context] = await stack.enter_async_context(empty(app, folder))
            await listeners.enter(context)
        yield listeners
