"""A service at work: its engines opened as the settings say, its relay and its consumers running."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import structlog
from sqlmodel import Session

from carnet.events.catalogue import topic_of
from carnet.events.fact import Fact
from carnet.kernel import audit, inbound
from carnet.kernel.because import Because
from carnet.kernel.consumer import Consumer
from carnet.kernel.consuming import Consuming
from carnet.kernel.context import Context
from carnet.kernel.day import BusinessDay
from carnet.kernel.documents.port import Documents
from carnet.kernel.endless import attempt
from carnet.kernel.engines import Engines
from carnet.kernel.metrics import Metrics, note_repeat
from carnet.kernel.migrations import bring_up
from carnet.kernel.notice import origin
from carnet.kernel.projection import Projector
from carnet.kernel.publication import Publication
from carnet.kernel.reaction import Reactor
from carnet.kernel.relay import Relay
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.streams import Category, Outcome, Stream
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trouble import log_failure
from carnet.kernel.verify import damaged, differences
from carnet.kernel.web.tokens import AfterToken

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")
T = TypeVar("T")

LONG = 1000  # events; what outgrows this is folded too slowly, unless it is long by design (promise 7)
PATIENCE = 2.0  # seconds that a query waits for what a command wrote
log = structlog.get_logger()


@dataclass
class Runtime:
    """What api, pages, reactions and chores work with."""

    context: Context
    settings: ServiceSettings
    engines: Engines
    publication: Publication
    around: Surroundings
    relay: Relay
    projectors: tuple[Projector, ...] = ()
    reactors: tuple[Reactor, ...] = ()
    consuming: Consuming = field(init=False)
    task: asyncio.Task[None] = field(init=False)
    at_work: asyncio.TaskGroup = field(init=False)

    def today(self) -> date:
        """Give the business day: the one that a page has set, else as the settings say (promise 16)."""
        return BusinessDay(self.settings).today()

    @property
    def documents(self) -> Documents:
        return self.engines.documents

    @property
    def metrics(self) -> Metrics:
        return self.around.metrics

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        return self.consuming.consumers

    def stream(self, category: Category[C, S, E], stream_id: object) -> Stream[C, S, E]:
        """Give one aggregate's stream in the context's store."""
        return Stream(self.engines.store, category, category.stream(stream_id), self.context.publish)

    async def handle(
        self,
        category: Category[C, S, E],
        stream_id: object,
        command: C,
        because: Because,
        *,
        expected: int | None = None,
    ) -> Outcome[S, E]:
        """Give a command to one aggregate; raises Rejected, KeyReused, WrongRevision (see `Stream.handle`)."""
        outcome = await self.stream(category, stream_id).handle(command, because, expected)
        note_repeat(outcome.repeated)
        is_at_end = bool(outcome.events) and not outcome.repeated
        too_long = outcome.revision >= LONG and is_at_end and not category.long
        self.metrics.long_streams.labels(category.name).inc(too_long)
        if too_long:
            log.error("a stream is too long", stream=outcome.stream, events=outcome.revision + 1)
        return outcome

    async def state(self, category: Category[C, S, E], stream_id: object) -> S:
        """Fold one aggregate from its stream."""
        return await self.stream(category, stream_id).state()

    async def query(self, query: Callable[[Session], T]) -> T:
        """Run a query on the read models, off the event loop."""
        return await self.engines.database.read(query)

    async def forward(self, fact: Fact, because: Because) -> None:
        """Put an inbound fact that came by HTTP on its topic, for the other contexts that hear it."""
        told = inbound.message(fact, origin(self.publication.source), because.correlation)
        await self.engines.bus.publish(topic_of(type(fact)), [told])

    def token(self, outcome: Outcome[Any, Any]) -> AfterToken:
        """Give the `?after=` token of what a command led to."""
        first = outcome.revision - len(outcome.events) + 1
        published = [n for n, event in enumerate(outcome.events, first) if self.context.publish(event) is not None]
        return AfterToken(self.context.name, outcome.position or 0, outcome.stream, max(published, default=-1))

    async def caught_up(self, token: AfterToken, seconds: float = PATIENCE) -> bool:
        """Wait until every read model of this service has seen what the token names; False when time is over."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            rung = self.around.news.rung
            if await self.has_seen(token):
                return True
            if (left := deadline - asyncio.get_running_loop().time()) <= 0:
                return False
            await self.around.news.wait(rung, min(left, self.engines.database.kind.look_again))

    async def has_seen(self, token: AfterToken) -> bool:
        seen = [await projector.has_seen(token, self.context.name) for projector in self.projectors]
        return all(seen)

    async def verify(self) -> list[str]:
        """Name what is not as the events say: rows, documents, and what the context checks itself."""
        found = [line for projector in self.projectors for line in await differences(projector)]
        found += await damaged(self.documents)
        return found + [line for check in self.context.checks for line in await check(self)]

    def troubles(self) -> list[str]:
        """Say what relay and consumers could not get from their engines the last time that they tried."""
        consumers = (trouble for consumer in self.consumers for trouble in consumer.troubles.values())
        return [trouble for trouble in (self.relay.trouble, *consumers) if trouble]

    async def prepare(self) -> None:
        """Bring the own tables up to this release; plan the rebuild of each read model whose schema has changed.

        Raises BadSettings for a database of a later release, or of another tenant or context.
        """
        ours = self.settings.tenant, self.context.name
        await self.engines.database.write(lambda connection: bring_up(connection, *ours))
        await self.engines.database.write(audit.prepare)
        await self.consuming.plan_rebuilds()

    async def run(self) -> None:
        """Relay, consume and do the chores until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self.at_work = tasks
            tasks.create_task(self.engines.database.listen(self.around.news.ring))
            tasks.create_task(self.relay.run())
            tasks.create_task(self.consuming.run())
            for chore in self.context.chores:
                tasks.create_task(self.do(chore))

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Go on with what a request began, until it has come to its end or the service stops."""
        return self.at_work.create_task(self.see_through(work))

    async def see_through(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # what one request began must not end the service
            log_failure(log, "what a request began failed", error, context=self.context.name)

    async def do(self, chore: Callable[["Runtime"], Awaitable[None]]) -> None:
        """Do a chore until it has come to its end."""
        while True:
            try:
                return await attempt(lambda: chore(self))
            except Exception as error:  # noqa: BLE001  # it is started again
                log_failure(log, "chore failed", error, context=self.context.name)
                await asyncio.sleep(1.0)


def assemble(context: Context, settings: ServiceSettings, engines: Engines, around: Surroundings) -> Runtime:
    """Wire a context's parts to opened engines."""
    publication = Publication(context.name, around.source, context.codec, context.publish)
    relay = Relay(engines.store, engines.bus, engines.database, publication, around.metrics)
    runtime = Runtime(context, settings, engines, publication, around, relay)
    runtime.projectors = tuple(Projector(model, around) for model in context.read_models)
    runtime.reactors = tuple(Reactor(context.name, each, around) for each in context.reactions(runtime))
    noting = audit.Audit(around)
    around.metrics.begin(each.name for each in (*runtime.projectors, *runtime.reactors))
    around.metrics.begin_own(context.counted)
    runtime.consuming = Consuming(context.name, engines.database, runtime.projectors, runtime.reactors, noting)
    return runtime


@asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[Runtime]:
    """Keep a runtime at work for as long as the block runs, then stop it in order; its engines stay open.

    The block is cancelled, and an ExceptionGroup raised, if the work ends before.
    """
    await runtime.prepare()
    async with asyncio.TaskGroup() as tasks:
        runtime.task = tasks.create_task(runtime.run())
        try:
            yield runtime
        finally:
            await runtime.consuming.finish_pages()
            runtime.task.cancel()
