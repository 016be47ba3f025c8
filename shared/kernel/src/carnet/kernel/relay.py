"""The relay: follows the store and publishes, keyed by stream; acks first, then its cursor moves (promise 9)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, bindparam, delete, text
from sqlmodel import Session, select

from carnet.events.envelope import Envelope
from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import Bus, Message
from carnet.kernel.courtesy import COURTESY
from carnet.kernel.database import Database
from carnet.kernel.lease import Holding, LeaseLost, holding
from carnet.kernel.metrics import Metrics
from carnet.kernel.publication import NEVER, Publication
from carnet.kernel.rows import Put, live, write
from carnet.kernel.store.port import EventStore, Position, RecordedEvent
from carnet.kernel.tables import RelayCursor, RelayedStream
from carnet.kernel.trouble import first_line

TABLES = live(RelayCursor, RelayedStream)
LAST_OF = text("SELECT stream, revision FROM carnet_relayed_stream WHERE stream IN :streams").bindparams(
    bindparam("streams", expanding=True)
)
log = structlog.get_logger()


class CursorAhead(Exception):
    """The cursor is beyond the store's head: the store is older than what was published from it (promise 15)."""


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

    def __post_init__(self) -> None:
        self.lease = holding(self.database, f"relay {self.publication.context}")

    async def run(self) -> None:
        """Relay for ever; what fails is tried again from the cursor, with backoff."""
        pause = 0.1
        while True:
            try:
                await self.lease.wait(self.stand_by)
                await self.check_ends()
                await self.follow_while_leased()
                pause = 0.1
            except Exception as error:
                self.trouble = first_line(error)
                log.exception("relay failed", context=self.publication.context)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def stand_by(self) -> None:
        """Forget what was wrong here: another relays now."""
        self.trouble = ""

    async def follow_while_leased(self) -> None:
        """Follow the store until it fails, the lease is lost, or a restart is asked for."""
        self.restarted.clear()
        await self.lease.during(self.follow(), self.restarted.wait())

    async def check_ends(self) -> None:
        """Refuse a store older than the cursor; begin again where the topic lost what was acknowledged (promise 10)."""
        cursor, head = await self.cursor(), await self.store.head()
        if cursor.position is not None and (head is None or cursor.position > head):
            raise CursorAhead(
                f"The relay of {self.publication.context} published up to {cursor.position}, but the store ends at "
                f"{head}: it was restored. Run `carnet restore` so that the others learn of it."
            )
        if await self.bus.end(self.publication.topic) < cursor.topic_end:
            log.warning("the topic was emptied; publishing all again", topic=self.publication.topic)
            await self.forget()

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
        await self.bus.publish(self.publication.topic, messages)
        end = await self.bus.end(self.publication.topic) if messages else 0
        await self.database.write(lambda c: self.move(c, envelopes, after, events[-1].position, end))
        self.metrics.published.inc(len(envelopes))
        self.metrics.relay_lag.set((datetime.now(UTC) - events[-1].recorded_at).total_seconds())

    async def envelopes(self, events: Sequence[RecordedEvent]) -> list[Envelope]:
        """Wrap what is to be published; each names the stream's last published revision before it."""
        streams = {event.stream for event in events}
        last = await self.database.read(lambda session: relayed(session, streams))
        made = []
        for event in events:
            if (fact := self.publication.fact(event)) is not None:
                made.append(self.publication.envelope(event, fact, last.get(event.stream, NEVER)))
                last[event.stream] = event.revision
        return made

    def move(
        self, connection: Connection, envelopes: Sequence[Envelope], after: int | None, position: int, end: int
    ) -> None:
        """Move the cursor on from `after`, if the lease is still ours and nobody has set it back."""
        self.lease.check(connection)
        if connection.execute(select(RelayCursor.position)).scalar() != after:
            raise LeaseLost(f"The cursor of {self.publication.context} was moved meanwhile: to publish all again.")
        values = {"position": position} | ({"topic_end": end} if end else {})
        puts = [Put(RelayedStream, {"stream": e.subject}, {"revision": e.revision}) for e in envelopes]
        write(connection, TABLES, [Put(RelayCursor, {"context": self.publication.context}, values), *puts])

    async def cursor(self) -> RelayCursor:
        context = self.publication.context
        found = await self.database.read(lambda session: session.get(RelayCursor, context))
        return found or RelayCursor(context=context)

    async def forget(self) -> None:
        """Forget how far it was: everything is published again, and absorbed as repeats where it is known."""
        await self.database.write(lambda c: [c.execute(delete(table)) for table in TABLES.values()])

    async def republish(self) -> None:
        """Publish all again from the first event."""
        await self.forget()
        self.restarted.set()

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False
        self.resumed.ring()


def relayed(session: Session, streams: set[str]) -> dict[str, int]:
    rows = session.connection().execute(LAST_OF, {"streams": list(streams)})
    return {stream: revision for stream, revision in rows}  # noqa: C416  # rows are no pairs to the type checker
