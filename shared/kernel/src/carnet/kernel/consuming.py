"""Consuming: one process of a context at a time keeps the read models, rebuilds them where need be, and reacts."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import Connection

from carnet.kernel.audit import Audit
from carnet.kernel.consumer import Consumer
from carnet.kernel.database import Database
from carnet.kernel.decider import Rejected
from carnet.kernel.endless import for_ever
from carnet.kernel.generations import outdate
from carnet.kernel.lease import Holding, holding
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.projection import Projector
from carnet.kernel.reaction import Reactor
from carnet.kernel.rebuild import Rebuild, prepare
from carnet.kernel.trouble import log_failure

LAST_PAGE = 3.0  # seconds that consumers have for what they are at when the service stops
log = structlog.get_logger()


@dataclass
class Consuming:
    """The consumers of one process; `rebuilds` are planned or under way, `at_work` is None while another consumes."""

    context: str
    database: Database
    projectors: tuple[Projector, ...]
    reactors: tuple[Reactor, ...]
    audit: Audit
    rebuilds: dict[str, Rebuild] = field(default_factory=dict)
    at_work: asyncio.TaskGroup | None = None
    lease: Holding = field(init=False)

    def __post_init__(self) -> None:
        self.lease = holding(self.database, f"consumers {self.context}")

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        return (*self.projectors, *self.reactors)

    async def run(self) -> None:
        """Consume in one process of a context at a time: two would do each reaction twice, and a mail has no undo."""
        await for_ever(self.consume_while_leased, self.failed)

    def failed(self, error: Exception) -> None:
        log_failure(log, "consumers failed", error, context=self.context)

    async def consume_while_leased(self) -> None:
        await self.lease.wait(self.stand_by)
        await self.lease.during(self.consume())

    async def stand_by(self) -> None:
        """Look whether the process that consumes has rebuilt what was to be rebuilt."""
        if self.rebuilds:
            await self.plan_rebuilds()

    async def plan_rebuilds(self) -> None:
        for projector in self.projectors:  # what is planned stays so while it is looked at: it is not ready in between
            if (rebuild := await prepare(projector)) is None:
                self.rebuilds.pop(projector.name, None)
            else:
                self.rebuilds[projector.name] = rebuild

    async def consume(self) -> None:
        """Rebuild the read models whose schema has changed, then keep all of them and react."""
        await self.plan_rebuilds()  # again: another process may have rebuilt them meanwhile
        for name, planned in list(self.rebuilds.items()):
            await planned.run(self.lease.check)
            del self.rebuilds[name]
        try:
            async with asyncio.TaskGroup() as self.at_work:
                for work in (*(consumer.run() for consumer in self.consumers), self.audit.run()):
                    self.at_work.create_task(work)
        except* HistoryEnded as ended:
            await self.database.write(partial(self.outdate, sources_of(ended)))
        finally:
            self.at_work = None

    def rebuild(self, planned: Rebuild) -> None:
        """Start a rebuild in the background; raises Rejected while it is being rebuilt, or another process consumes."""
        name = planned.projector.name
        if name in self.rebuilds:
            raise Rejected("{name} is being rebuilt already; wait until that is done.", name=name)
        if self.at_work is None:
            raise Rejected("Another process of this service consumes now; ask that one, or ask again in a moment.")
        self.rebuilds[name] = planned
        self.at_work.create_task(self.rebuilt(planned))

    async def rebuilt(self, planned: Rebuild) -> None:
        try:
            await planned.run(self.lease.check)
        except Exception as error:  # noqa: BLE001  # the live one goes on, and an operator asks again
            log_failure(log, "rebuild failed", error, model=planned.projector.name)
        finally:
            self.rebuilds.pop(planned.projector.name, None)

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


def sources_of(ended: BaseExceptionGroup[HistoryEnded]) -> dict[str, str]:
    """Give the latest source of each topic that begins anew."""
    found: dict[str, str] = {}
    for each in ended.exceptions:
        sources = sources_of(each) if isinstance(each, BaseExceptionGroup) else each.sources
        found |= {topic: max(source, found.get(topic, "")) for topic, source in sources.items()}
    return found
