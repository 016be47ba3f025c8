"""A consumer: hears the own store and topics, in order per stream, once in effect, and never loses its place."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from pydantic import BaseModel
from sqlmodel import Session, col, select

from carnet.events.catalogue import CATALOGUE, topic_of
from carnet.events.fact import Fact
from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import Bus, Delivery, Start
from carnet.kernel.codec import reader, stored_name
from carnet.kernel.database import Database
from carnet.kernel.inbox import NOTHING_SEEN, Inbox, Lane, is_gap
from carnet.kernel.metrics import Metrics
from carnet.kernel.notice import NOTICE, OWN_STORE, Heard, Notice, from_bus, from_store
from carnet.kernel.store.port import EventStore, Position, RecordedEvent
from carnet.kernel.tables import Held, Incident

GAP_SECONDS = 30.0
RETRY_SECONDS = 1.0
ALARM_SECONDS = 3600.0
BEFORE_ALL = 0  # the place of a consumer that started `now` on an empty store
BREATH_SECONDS = 0.01  # between two pages, so that what comes meanwhile is taken in together
NOTE_AFTER = 1000  # events that mean nothing to a consumer, before it notes that it is behind them
log = structlog.get_logger()


class Feeds(Protocol):
    """The producers' feeds, from which gaps are healed (promise 5)."""

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        """Give the published events of a stream with `after` < revision < `before`, from its producer's store."""
        ...

    def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        """Give all that a topic's producer has published, in pages, from its store."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What every consumer of a service works with."""

    store: EventStore
    bus: Bus
    database: Database
    feeds: Feeds
    metrics: Metrics
    source: str
    gap_seconds: float = GAP_SECONDS
    news: Bell = field(default_factory=Bell)
    """Rings whenever a consumer of this service took something in: facts that others may wait for."""


def now() -> datetime:
    """Give the record time: when the kernel did something, never a business date."""
    return datetime.now(UTC)


class Consumer(ABC):
    """The loops and the holding back that read models and reactions share."""

    def __init__(
        self, name: str, hears: Sequence[type[BaseModel]], around: Surroundings, start: Start = "beginning"
    ) -> None:
        self.name, self.around, self.start = name, around, start
        self.readers: dict[str, Callable[[bytes], BaseModel]] = {type_name(event): reader(event) for event in hears}
        self.topics = sorted({topic_of(event) for event in hears if issubclass(event, Fact)})
        self.hears_store = any(not issubclass(event, Fact) for event in hears)
        self.turn = asyncio.Lock()
        self.place: Position | None = None  # in the own store, as far as this process has come
        self.may_hold = True  # until a look says otherwise
        self.overdue: set[tuple[str, int, str]] = set()
        self.unnoted = NOTE_AFTER  # so that the first page is noted: one that starts `now` then knows where it was

    @abstractmethod
    async def take(self, notices: Sequence[Notice], position: int | None = None) -> None:
        """Take in a page, in order; `position` is the checkpoint in the own store behind it."""

    @abstractmethod
    async def retry(self, notice: Notice) -> bool:
        """Try a held notice again, now first of its stream; True when it is done with."""

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

    async def forever(self, loop: Any) -> None:
        """Start a loop again, with backoff, when what it stands on fails; what is not committed comes again."""
        pause = 0.1
        while True:
            try:
                await loop()
            except Exception:
                log.exception("consumer loop failed", consumer=self.name, loop=loop.__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def follow_store(self) -> None:
        self.place = await self.store_checkpoint()
        async with aclosing(self.around.store.subscribe(self.place)) as pages:
            async for events in pages:
                await self.take_from_store(events)
                self.around.news.ring()
                await asyncio.sleep(BREATH_SECONDS)

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
        member = await self.around.bus.subscribe(self.name, self.topics, self.start)
        try:
            while True:
                notices = [notice for delivery in await member.batch() if (notice := self.readable(delivery))]
                async with self.turn:
                    await self.take(notices)
                await member.commit()
                self.around.news.ring()
                await asyncio.sleep(BREATH_SECONDS)
        finally:
            await member.close()

    async def follow_held(self) -> None:
        while True:
            rung = self.around.news.rung
            await self.drain()
            await self.around.news.wait(rung, RETRY_SECONDS)

    async def drain(self) -> None:
        """Try the first held notice of each stream, and those behind it as long as it goes; alarm of old ones.

        Raises an ExceptionGroup of what kept single streams from it, once all have had their turn.
        """
        if not self.may_hold:
            return
        await self.raise_alarm()
        errors = [error for here in await self.held_lanes() if (error := await self.bring_forward(here))]
        if errors:
            raise ExceptionGroup(f"{len(errors)} streams could not be brought forward", errors)

    async def held_lanes(self) -> list[Lane]:
        self.may_hold = False  # before the look: what is held meanwhile sets it again
        lanes: list[Lane] = []
        try:
            lanes = await self.around.database.read(lambda session: held_lanes(session, self.name))
        except BaseException:
            self.may_hold = True
            raise
        self.may_hold = self.may_hold or bool(lanes)
        return lanes

    async def raise_alarm(self) -> None:
        """Count what has waited for its facts for over an hour; each such notice is logged as it becomes one."""
        since = now() - timedelta(seconds=ALARM_SECONDS)
        overdue = await self.around.database.read(lambda session: waiting_since(session, self.name, since))
        for stream, revision, note in overdue - self.overdue:
            log.error("waiting for over an hour", consumer=self.name, stream=stream, revision=revision, missing=note)
        self.overdue = overdue
        self.around.metrics.overdue.labels(self.name).set(len(overdue))

    async def bring_forward(self, here: Lane) -> Exception | None:
        """Try a stream's held notices in order; give what failed, so that other streams go on."""
        try:
            async with self.turn:
                while await self.step(here):
                    self.around.news.ring()
        except Exception as error:  # noqa: BLE001  # its caller raises it, after the other streams
            return error
        return None

    async def step(self, here: Lane) -> bool:
        """Bring a stream's first held notice forward; False where it stays held, or nothing is."""
        held, last = await self.around.database.read(lambda session: self.first_held(session, here))
        if held is None or held.reason == "dead":
            return False
        notice = NOTICE.validate_json(held.notice)
        if self.is_gap(notice, last):
            return await self.heal(notice, held, last)
        return await self.retry(notice)

    def first_held(self, session: Session, here: Lane) -> tuple[Held | None, int | None]:
        """Give a stream's first held notice, and the last revision of the stream that is done with."""
        last = self.inbox(session.connection()).seen([here]).get(here)
        return first_held(session, self.name, here), last

    def is_gap(self, notice: Notice, last: int | None) -> bool:
        return is_gap(notice, last, from_now=self.start == "now")

    async def heal(self, notice: Notice, held: Held, last: int | None) -> bool:
        """Fetch what is missing from the producer's feed and hold it in front, so that it comes first."""
        if (now() - held.since).total_seconds() < self.around.gap_seconds:
            return False
        after = NOTHING_SEEN if last is None else last
        missing = await self.around.feeds.missing(notice.topic, notice.stream, after, notice.revision)
        log.warning("gap healed from the feed", consumer=self.name, stream=notice.stream, events=len(missing))
        self.around.metrics.gaps.labels(self.name).inc()
        await self.around.database.write(lambda c: self.put_in_front(c, missing, notice))
        return True if missing else await self.retry(notice)  # where its store has nothing between, nothing is missing

    def put_in_front(self, connection: Any, missing: Sequence[Notice], notice: Notice) -> None:
        inbox = self.inbox(connection)
        for each in missing:
            inbox.hold(each, "behind")
        note = f"{len(missing)} events before revision {notice.revision} came from the feed."
        with Session(connection) as session:
            session.add(Incident(consumer=self.name, stream=notice.stream, note=note, at=now()))
            session.flush()

    def readable(self, delivery: Delivery) -> Notice | None:
        """Read a message's envelope; what is no event of ours is counted, logged and passed over."""
        try:
            return from_bus(delivery)
        except ValueError as error:
            log.error("a message is no event", consumer=self.name, topic=delivery.topic, why=str(error))  # noqa: TRY400
            self.around.metrics.unreadable.labels(self.name).inc()
            return None

    def heard(self, notice: Notice) -> Heard[BaseModel] | None:
        """Decode a notice; None for a type that means nothing here. Raises ValidationError for a wrong body."""
        if (read := self.readers.get(notice.type)) is None:
            if notice.topic != OWN_STORE and notice.type not in CATALOGUE:
                self.around.metrics.unknown.labels(self.name).inc()
            return None
        return Heard(read(notice.data), notice)

    def inbox(self, connection: Any) -> Inbox:
        return Inbox(connection, self.name, now(), from_now=self.start == "now")

    async def store_checkpoint(self) -> Position | None:
        """Give where to go on in the own store; a consumer that starts `now` keeps the head as its first place."""
        position = await self.around.database.read(lambda session: self.inbox(session.connection()).checkpoint())
        if position is None and self.start == "now":
            position = await self.around.store.head() or BEFORE_ALL
            await self.around.database.write(lambda c: self.inbox(c).move_checkpoint(position))
        return Position(position) if position else None

    async def lag(self, head: Position | None) -> int:
        """Count what it has not taken in yet: messages of its topics, and 1 where it is behind the own store's head."""
        behind = await self.around.bus.lag(self.name, self.topics) if self.topics else 0
        return behind + (self.hears_store and head is not None and (self.place is None or self.place < head))


def type_name(event: type[BaseModel]) -> str:
    return event.TYPE if issubclass(event, Fact) else stored_name(event)


def held_lanes(session: Session, consumer: str) -> list[Lane]:
    """Give the streams of which a consumer holds something back."""
    rows = session.exec(select(Held.topic, Held.stream).where(Held.consumer == consumer).distinct())
    return [(topic, stream) for topic, stream in rows]


def waiting_since(session: Session, consumer: str, since: datetime) -> set[tuple[str, int, str]]:
    """Give stream, revision and note of what has waited since before an instant."""
    mine = (col(Held.consumer) == consumer) & (col(Held.reason) == "waiting") & (col(Held.since) < since)
    return {(row.stream, row.revision, row.note) for row in session.exec(select(Held).where(mine))}


def first_held(session: Session, consumer: str, here: Lane) -> Held | None:
    of_lane = (col(Held.consumer) == consumer) & (col(Held.topic) == here[0]) & (col(Held.stream) == here[1])
    return session.exec(select(Held).where(of_lane).order_by(col(Held.revision)).limit(1)).first()
