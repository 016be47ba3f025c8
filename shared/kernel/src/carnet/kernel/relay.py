"""The relay: follows the store and publishes, keyed by stream; acks first, then its cursor moves (promise 9)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection, bindparam, delete, text
from sqlmodel import Session, select

from carnet.events.envelope import Envelope
from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import Bus, Message
from carnet.kernel.courtesy import COURTESY
from carnet.kernel.database import Database
from carnet.kernel.decider import Rejected
from carnet.kernel.endless import for_ever
from carnet.kernel.lease import Holding, LeaseLost, holding
from carnet.kernel.metrics import Metrics
from carnet.kernel.publication import NEVER, Publication
from carnet.kernel.rows import Put, live, write
from carnet.kernel.store.port import EventStore, Position, RecordedEvent
from carnet.kernel.tables import RelayCursor, RelayedStream
from carnet.kernel.trouble import first_line, log_failure

TABLES = live(RelayCursor, RelayedStream)
LAST_OF = text("SELECT stream, revision FROM carnet_relayed_stream WHERE stream IN :streams").bindparams(
    bindparam("streams", expanding=True)
)
LOOK_SECONDS = 10.0  # between looks at a bus that nobody publishes on; Kafka opens a consumer for each
log = structlog.get_logger()


class CursorAhead(Exception):
    """The store is older than what was published from it (promise 15)."""


class TopicEmptied(Exception):
    """The topic is not what it was when the cursor moved: the bus came back empty, or another took its place."""


@dataclass
class Relay:
    """One context's relay; any number may run, one is active by the lease."""

    store: EventStore
    bus: Bus
    database: Database
    publication: Publication
    metrics: Metrics
    lease: Holding = field(init=False)
    paused: bool = False
    resumed: Bell = field(default_factory=Bell)
    restarted: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: str = ""
    epoch: str = ""
    end: int = 0

    def __post_init__(self) -> None:
        self.lease = holding(self.database, f"relay {self.publication.context}")

    async def run(self) -> None:
        """Relay for ever; what fails is tried again from the cursor, with backoff."""
        await for_ever(self.relay_while_leased, self.fails)

    async def relay_while_leased(self) -> None:
        await self.lease.wait(self.stand_by)
        await self.check_ends()
        await self.follow_while_leased()

    def fails(self, error: Exception) -> None:
        self.trouble = first_line(error)
        log_failure(log, "relay failed", error, context=self.publication.context)

    async def stand_by(self) -> None:
        """Forget what was wrong here, and a pause: another relays now."""
        self.trouble = ""
        self.resume()

    async def follow_while_leased(self) -> None:
        """Follow the store until it fails, the lease is lost, or a restart is asked for."""
        self.restarted.clear()
        await self.lease.during(self.follow(), self.watch_topic(), self.restarted.wait())

    async def check_ends(self) -> None:
        """Refuse a store older than the cursor; begin again where store or topic began anew (promises 10 and 15)."""
        cursor, head = await self.cursor(), await self.store.head()
        self.refuse_older_store(cursor, head)
        self.epoch, self.end = await self.bus.epoch(self.publication.topic), cursor.topic_end
        if cursor.position is not None and (reason := await self.begun_anew(cursor)):
            log.warning("publishing all again", topic=self.publication.topic, why=reason)
            await self.forget()
            self.end = 0

    def refuse_older_store(self, cursor: RelayCursor, head: Position | None) -> None:
        source, published = self.publication.source, cursor.position
        if published is not None and (source < cursor.source or (source == cursor.source and published > (head or -1))):
            context = self.publication.context
            raise CursorAhead(
                f"The relay of {context} published up to {published}, but its store ends at {head}: it was restored. "
                f"Run `carnet renew {context}`, so that the others learn of it."
            )

    async def begun_anew(self, cursor: RelayCursor) -> str:
        """Say what is another than when the cursor moved, "" where all is as it was."""
        if self.publication.source != cursor.source:
            return "the store was restored"
        return await self.emptied(cursor)

    async def emptied(self, cursor: RelayCursor) -> str:
        topic = self.publication.topic
        if await self.bus.end(topic) < cursor.topic_end:
            return "the topic lost what was acknowledged"
        return "the bus is another" if await self.bus.epoch(topic) != cursor.epoch else ""

    async def watch_topic(self) -> None:
        """Look now and then whether the bus still has what it acknowledged; raises TopicEmptied."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            cursor = await self.cursor()
            if cursor.position is not None and (reason := await self.emptied(cursor)):
                raise TopicEmptied(reason)

    async def follow(self) -> None:
        after = (await self.cursor()).position
        if after == await self.store.head():
            self.trouble = ""
        async with aclosing(self.store.subscribe(None if after is None else Position(after))) as pages:
            async for events in pages:
                while self.paused:
                    await self.resumed.wait(self.resumed.rung)
                await self.relay(events, after)
                after, self.trouble = events[-1].position, ""
                await COURTESY.give_way()

    async def relay(self, events: Sequence[RecordedEvent], after: int | None = None) -> None:
        """Publish a page of the store that begins behind `after`, then move the cursor."""
        envelopes = await self.envelopes(events)
        messages = [Message(e.subject, e.data, e.headers()) for e in envelopes]
        await self.publish(messages)
        self.metrics.acknowledged(e.time for e in envelopes)
        await self.database.write(lambda c: self.move(c, envelopes, after, events[-1].position))
        self.metrics.published.inc(len(envelopes))

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish, and see that the topic has grown by it; raises TopicEmptied."""
        topic = self.publication.topic
        if messages:
            before, self.end = self.end, await self.bus.publish(topic, messages)
            if self.end < before + len(messages):
                raise TopicEmptied("the topic lost what was acknowledged")

    async def envelopes(self, events: Sequence[RecordedEvent]) -> list[Envelope]:
        """Wrap what is to be published; each names the stream's last published revision before it."""
        begun = {event.stream for event in events if event.revision == 0}  # nothing can have been published of it
        streams = {event.stream for event in events} - begun
        last = await self.database.read(lambda session: relayed(session, streams)) if streams else {}
        made = []
        for event in events:
            if (fact := self.publication.fact(event)) is not None:
                made.append(self.publication.envelope(event, fact, last.get(event.stream, NEVER)))
                last[event.stream] = event.revision
        return made

    def move(self, connection: Connection, envelopes: Sequence[Envelope], after: int | None, position: int) -> None:
        """Move the cursor on from `after`, if the lease is still ours and nobody has set it back."""
        self.lease.check(connection)
        if connection.execute(select(RelayCursor.position)).scalar() != after:
            raise LeaseLost(f"The cursor of {self.publication.context} was moved meanwhile: to publish all again.")
        where = {"source": self.publication.source, "topic_end": self.end, "epoch": self.epoch}
        puts = [Put(RelayedStream, {"stream": e.subject}, {"revision": e.revision}) for e in envelopes]
        cursor = Put(RelayCursor, {"context": self.publication.context}, {"position": position, **where})
        write(connection, TABLES, [cursor, *puts])

    async def cursor(self) -> RelayCursor:
        context = self.publication.context
        found = await self.database.read(lambda session: session.get(RelayCursor, context))
        return found or RelayCursor(context=context)

    async def relayed(self) -> int | None:
        """Give the position up to which this incarnation of the store is published."""
        cursor = await self.cursor()
        return cursor.position if cursor.source == self.publication.source else None

    async def forget(self) -> None:
        """Forget how far it was: everything is published again, and absorbed as repeats where it is known."""
        await self.database.write(lambda c: [c.execute(delete(table)) for table in TABLES.values()])

    async def republish(self) -> None:
        """Publish all again from the first event."""
        await self.forget()
        self.restarted.set()

    def refuse_standing_by(self) -> None:
        """Raise Rejected where another process relays: what is asked of this one would change nothing."""
        if self.lease.token is None:
            raise Rejected("Another process of this service relays now; ask that one, or ask again in a moment.")

    def pause(self) -> None:
        """Stop for as long as this process relays; whoever takes over goes on."""
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        self.resumed.ring()


def relayed(session: Session, streams: set[str]) -> dict[str, int]:
    rows = session.connection().execute(LAST_OF, {"streams": list(streams)})
    return {stream: revision for stream, revision in rows}  # noqa: C416  # rows are no pairs to the type checker
