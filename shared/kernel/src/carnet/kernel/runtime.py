"""A service at work: its engines opened as the settings say, its relay and its consumers running."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from sqlmodel import Session

from carnet.events.catalogue import topic_of
from carnet.events.fact import Fact
from carnet.kernel import inbound
from carnet.kernel.because import Because
from carnet.kernel.consumer import Consumer
from carnet.kernel.context import Context
from carnet.kernel.day import BusinessDay
from carnet.kernel.decider import Rejected
from carnet.kernel.documents.port import Documents
from carnet.kernel.engines import Engines
from carnet.kernel.lease import Holding, holding
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.metrics import Metrics
from carnet.kernel.migrations import bring_up
from carnet.kernel.notice import origin
from carnet.kernel.projection import Projector
from carnet.kernel.publication import Publication
from carnet.kernel.reaction import Reactor
from carnet.kernel.rebuild import Rebuild, outdate, prepare
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

LONG = 1000  # events; keys bound a stream, and one that outgrows this is folded too slowly (promise 7)
PATIENCE = 2.0  # seconds that a query waits for what a command wrote
LAST_PAGE = 3.0  # seconds that consumers have for what they are at when the service stops
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
    rebuilds: dict[str, Rebuild] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    lease: Holding = field(init=False)

    def __post_init__(self) -> None:
        self.lease = holding(self.engines.database, f"consumers {self.context.name}")

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
        return (*self.projectors, *self.reactors)

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
        if outcome.revision >= LONG and outcome.events and not outcome.repeated:
            log.error("a stream is too long", stream=outcome.stream, events=outcome.revision + 1)
            self.metrics.long_streams.labels(category.name).inc()
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

    def rebuild(self, planned: Rebuild) -> None:
        """Start a rebuild in the background; raises Rejected while it is being rebuilt, or another process consumes."""
        name = planned.projector.name
        if self.lease.token is None:
            raise Rejected("Another process of this service consumes now; ask that one, or ask again in a moment.")
        if name in self.rebuilds:
            raise Rejected(f"{name} is being rebuilt already; wait until that is done.")
        self.rebuilds[name] = planned
        task = asyncio.create_task(self.rebuilt(planned))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def rebuilt(self, planned: Rebuild) -> None:
        try:
            await planned.run(self.lease.check)
        except Exception:
            log.exception("rebuild failed", model=planned.projector.name)
        finally:
            self.rebuilds.pop(planned.projector.name, None)

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
        await self.plan_rebuilds()

    async def plan_rebuilds(self) -> None:
        for projector in self.projectors:
            self.rebuilds.pop(projector.name, None)
            if (rebuild := await prepare(projector)) is not None:
                self.rebuilds[projector.name] = rebuild

    async def run(self) -> None:
        """Relay, consume and do the chores until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.engines.database.listen(self.around.news.ring))
            tasks.create_task(self.relay.run())
            tasks.create_task(self.consume())
            for chore in self.context.chores:
                tasks.create_task(self.forever(chore))

    async def consume(self) -> None:
        """Consume in one process of a context at a time: two would do each reaction twice, and a mail has no undo."""
        pause = 0.1
        while True:
            try:
                await self.lease.wait(self.stand_by)
                pause = 0.1
                await self.lease.during(self.consume_all())
            except Exception as error:  # noqa: BLE001  # it is started again
                log_failure(log, "consumers failed", error, context=self.context.name)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def stand_by(self) -> None:
        """Look whether the process that consumes has rebuilt what was to be rebuilt."""
        if self.rebuilds:
            await self.plan_rebuilds()

    async def consume_all(self) -> None:
        """Rebuild the read models whose schema has changed, then keep all of them and react."""
        await self.plan_rebuilds()  # again: another process may have rebuilt them meanwhile
        for name, planned in list(self.rebuilds.items()):
            await planned.run(self.lease.check)
            del self.rebuilds[name]
        try:
            async with asyncio.TaskGroup() as tasks:
                for consumer in self.consumers:
                    tasks.create_task(consumer.run())
        except* HistoryEnded as ended:
            await self.engines.database.write(partial(self.outdate, sources_of(ended)))

    def outdate(self, sources: Mapping[str, str], connection: Connection) -> None:
        """Note that what read models have of restored stores is to be built anew, before anything is consumed again."""
        log.warning("what was published from a restored store is heard anew", sources=sources)
        for projector in self.projectors:
            outdate(projector, sources, connection)

    async def finish_pages(self) -> None:
        """Let each consumer finish what it has in hand, and take nothing more: a mail under way is not sent twice."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_PAGE):
                for consumer in self.consumers:
                    await consumer.turn.acquire()

    async def forever(self, chore: Callable[["Runtime"], Awaitable[None]]) -> None:
        while True:
            try:
                await chore(self)
            except Exception as error:  # noqa: BLE001  # it is started again
                log_failure(log, "chore failed", error, context=self.context.name)
                await asyncio.sleep(1.0)
            else:
                return


def sources_of(ended: BaseExceptionGroup[HistoryEnded]) -> dict[str, str]:
    """Give the latest source of each topic that begins anew."""
    found: dict[str, str] = {}
    for each in ended.exceptions:
        sources = sources_of(each) if isinstance(each, BaseExceptionGroup) else each.sources
        found |= {topic: max(source, found.get(topic, "")) for topic, source in sources.items()}
    return found


def assemble(context: Context, settings: ServiceSettings, engines: Engines, around: Surroundings) -> Runtime:
    """Wire a context's parts to opened engines."""
    publication = Publication(context.name, around.source, context.codec, context.publish)
    relay = Relay(engines.store, engines.bus, engines.database, publication, around.metrics)
    runtime = Runtime(context, settings, engines, publication, around, relay)
    runtime.projectors = tuple(Projector(model, around) for model in context.read_models)
    runtime.reactors = tuple(Reactor(context.name, each, around) for each in context.reactions(runtime))
    return runtime


@asynccontextmanager
async def running(runtime: Runtime) -> AsyncIterator[Runtime]:
    """Keep a runtime at work for as long as the block runs, then stop it in order; its engines stay open."""
    try:
        await runtime.prepare()
        runtime.tasks.add(asyncio.create_task(runtime.run()))
        yield runtime
    finally:
        await runtime.finish_pages()
        for task in runtime.tasks:
            task.cancel()
        await asyncio.gather(*runtime.tasks, return_exceptions=True)
