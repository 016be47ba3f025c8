"""A consumer: hears the own store and topics, in order per stream, once in effect, and never loses its place."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog
from pydantic import BaseModel

from carnet.events.catalogue import CATALOGUE, topic_of
from carnet.events.fact import Fact
from carnet.kernel.bus.port import Delivery, Start
from carnet.kernel.codec import readers_of
from carnet.kernel.courtesy import COURTESY
from carnet.kernel.endless import for_ever
from carnet.kernel.holder import Holder
from carnet.kernel.inbound import is_inbound
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.notice import OWN_STORE, Heard, Notice, from_bus, from_store, of_tenant
from carnet.kernel.store.port import Position, RecordedEvent
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trouble import log_failure

BEFORE_ALL = 0
NOTE_AFTER = 1000  # events that mean nothing to a consumer, before it notes that it is behind them
log = structlog.get_logger()


class Consumer(Holder):
    """The loops that read models and reactions share."""

    def __init__(
        self, name: str, hears: Sequence[type[BaseModel]], around: Surroundings, start: Start = "beginning"
    ) -> None:
        super().__init__(name, around, from_now=start == "now")
        self.start = start
        self.readers: dict[str, Callable[[bytes], BaseModel]] = readers_of(hears)
        self.topics = sorted({topic_of(event) for event in hears if issubclass(event, Fact)})
        self.hears_store = any(not issubclass(event, Fact) for event in hears)
        self.place: Position | None = None  # in the own store, as far as this process has come
        self.passed = BEFORE_ALL  # in the own store, where another process consumes: nothing left for it up to there
        self.unknown: set[str] = set()
        self.unnoted = NOTE_AFTER  # so that the first page is noted: one that starts `now` then knows where it was

    @abstractmethod
    async def take(self, notices: Sequence[Notice], position: int | None = None) -> None:
        """Take in a page, in order; `position` is the checkpoint in the own store behind it."""

    async def run(self) -> None:
        """Consume for ever."""
        self.may_hold = True  # another process may have held something since this one looked last
        try:
            async with asyncio.TaskGroup() as loops:
                if self.hears_store:
                    loops.create_task(self.forever(self.follow_store))
                if self.topics:
                    loops.create_task(self.forever(self.follow_topics))
                loops.create_task(self.forever(self.follow_held))
        finally:
            self.place = None  # from now on another process may go on
            self.troubles.clear()

    async def forever(self, loop: Any) -> None:
        """Start a loop again, with backoff, when what it stands on fails; what is not committed comes again."""

        def failed(error: Exception) -> None:
            if isinstance(error, HistoryEnded):
                raise error  # nothing to be tried again: the rows are to be built anew
            self.fails(loop, error)
            log_failure(log, "consumer loop failed", error, consumer=self.name, loop=loop.__name__)

        await for_ever(loop, failed)

    async def follow_store(self) -> None:
        self.place = await self.store_checkpoint()
        await self.around.store.head()  # a subscription to a store that is not there says nothing
        self.goes(self.follow_store)
        async with aclosing(self.around.store.subscribe(self.place)) as pages:
            async for events in pages:
                await self.take_from_store(events)
                self.took()
                await COURTESY.breathe()

    async def take_from_store(self, events: Sequence[RecordedEvent]) -> None:
        """Take in a page of the own store; pages that mean nothing here move the checkpoint now and then."""
        notices = self.from_own_store(events)
        self.unnoted += len(events)
        if notices or self.unnoted >= NOTE_AFTER:
            async with self.turn:
                await self.take(notices, events[-1].position)
            self.unnoted = 0
        self.place = events[-1].position

    def from_own_store(self, events: Sequence[RecordedEvent]) -> list[Notice]:
        """Give those that mean something here."""
        return [from_store(event, self.around.source) for event in events if event.type in self.readers]

    async def follow_topics(self) -> None:
        member = await self.around.bus.subscribe(self.group, self.topics, await self.topics_start())
        self.goes(self.follow_topics)
        try:
            while True:
                notices = [notice for delivery in await member.batch() if (notice := self.readable(delivery))]
                async with self.turn:
                    await self.take(notices)
                    await member.commit()
                self.took()
                await COURTESY.breathe()
        finally:
            await member.close()

    def readable(self, delivery: Delivery) -> Notice | None:
        """Read a message's envelope; what is no event of ours is counted, logged and passed over."""
        try:
            return self.ours(from_bus(delivery))
        except ValueError as error:
            log.error("a message is no event", consumer=self.name, topic=delivery.topic, why=str(error))  # noqa: TRY400
            self.around.metrics.unreadable.labels(self.name).inc()
            return None

    def ours(self, notice: Notice) -> Notice:
        """Raise ValueError for what another tenant's suite tells: two that share a bus by mistake stay apart."""
        told, own = of_tenant(notice.source), of_tenant(self.around.source)
        if told != own and not is_inbound(notice.topic):
            raise ValueError(f"It is of tenant {told!r}, and this is the suite of {own!r}.")
        return notice

    def heard(self, notice: Notice) -> Heard[BaseModel] | None:
        """Decode a notice; None for a type that means nothing here. Raises ValidationError for a wrong body."""
        return None if self.passes_over(notice) else Heard(self.readers[notice.type](notice.data), notice)

    def passes_over(self, notice: Notice) -> bool:
        """Say whether a notice's type means nothing here; those that this release does not know are counted."""
        if notice.type in self.readers:
            return False
        if notice.topic != OWN_STORE and notice.type not in CATALOGUE:
            self.wonder(notice)
        return True

    def wonder(self, notice: Notice) -> None:
        """Count what a later release has published, and name each such type once in the log."""
        self.around.metrics.unknown.labels(self.name).inc()
        if notice.type not in self.unknown:
            self.unknown.add(notice.type)
            log.warning("a type that this release does not know", consumer=self.name, type=notice.type)

    @property
    def group(self) -> str:
        """Name the consumer at the bus."""
        return self.name

    async def topics_start(self) -> Start:
        """Say where a new group starts; one that has heard of its topics goes on, perhaps at another bus."""
        known = await self.around.database.read(lambda session: self.inbox(session.connection()).lineage.lines())
        return "beginning" if known.keys() & self.topics else self.start

    async def store_checkpoint(self) -> Position | None:
        """Give where to go on in the own store."""
        position = await self.around.database.read(lambda session: self.inbox(session.connection()).checkpoint())
        return Position(position) if position else None

    async def has_come_to(self, position: Position) -> bool:
        """Say whether all that means something here is taken in, up to a position in the own store.

        Where another process consumes, its checkpoint counts, and what has come since and means nothing here.
        """
        if self.place is not None:
            return self.place >= position
        return await self.first_left(position) is None

    async def first_left(self, position: Position) -> RecordedEvent | None:
        """Give the first event, up to a position in the own store, that means something here and is not taken in."""
        self.passed = max(self.passed, self.place or await self.store_checkpoint() or BEFORE_ALL)
        while events := await self.between(self.passed, position):
            if left := next((event for event in events if event.type in self.readers), None):
                return left
            self.passed = events[-1].position
        return None

    async def between(self, after: int, position: Position) -> list[RecordedEvent]:
        """Give events of the own store with `after` < position <= `position`, some of them."""
        events = await self.around.store.read_all(Position(after) if after else None, NOTE_AFTER)
        return [event for event in events if event.position <= position]

    async def lag(self, head: Position | None) -> int:
        """Count what it has not taken in yet: messages of its topics, and 1 where it is behind the own store's head."""
        behind = await self.around.bus.lag(self.group, self.topics) if self.topics else 0
        return behind + (self.hears_store and head is not None and not await self.has_come_to(head))
