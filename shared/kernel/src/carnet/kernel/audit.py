"""Who did what: a narrow row for each event of the own store, from which `ops/audit` answers (ADR 20).

The rows are derived: made anew, from the first event on, for another schema and for another incarnation of the store.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session, col, delete

from carnet.kernel.endless import for_ever
from carnet.kernel.rows import Put, live, write
from carnet.kernel.store.port import Position, RecordedEvent
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.tables import Checkpoint
from carnet.kernel.trouble import log_failure

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
PAUSE = 1.0  # seconds between two pages that are not full: what single commands record is written together
FULL: Final = 500  # events; behind a larger page there is more
WHOLE: Final = BigInteger().with_variant(Integer(), "sqlite")  # there a key of this kind is the row's own number
AUDIT: Final = Table(
    "carnet_audit",
    MetaData(),  # not the one of the tables that are migrated
    Column("position", WHOLE, primary_key=True, autoincrement=False),
    Column("at", WHOLE, nullable=False),  # microseconds since 1970
    Column("actor", String, nullable=False),
    Column("type", String, nullable=False),
    Column("stream", String, nullable=False),
    Column("revision", WHOLE, nullable=False),
    Column("correlation", String, nullable=False),
)
INDEXES: Final = (
    Index("carnet_audit_at", AUDIT.c.at, AUDIT.c.position),
    Index("carnet_audit_actor", AUDIT.c.actor, AUDIT.c.at, AUDIT.c.position),
    Index("carnet_audit_stream", AUDIT.c.stream, AUDIT.c.at, AUDIT.c.position),
)
NAMED: Final = "audit "
log = structlog.get_logger()


@dataclass(frozen=True)
class Entry:
    """One event: who made it when, by which request; `actor` is a person's subject, a machine's or a reaction."""

    position: int
    at: datetime
    actor: str
    type: str
    stream: str
    revision: int
    correlation: str


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for: of one actor, of one stream, recorded from `begin` on and before `end`."""

    actor: str = ""
    stream: str = ""
    begin: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> Iterator[Any]:
        if self.actor:
            yield AUDIT.c.actor == self.actor
        if self.stream:
            yield AUDIT.c.stream == self.stream
        if self.begin:
            yield AUDIT.c.at >= micros(self.begin)
        if self.end:
            yield AUDIT.c.at < micros(self.end)


class Audit:
    """The loop that keeps the rows; of several processes of a context only the one that consumes runs it."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.name = f"{NAMED}{schema()} of {around.source}"

    async def run(self) -> None:
        """Follow the own store for ever."""
        await for_ever(self.follow, partial(log_failure, log, "the audit fails"))

    async def follow(self) -> None:
        place = await self.around.database.write(self.begin)
        await self.around.store.head()  # a subscription to a store that is not there says nothing
        async with aclosing(self.around.store.subscribe(place)) as pages:
            async for events in pages:
                await self.around.database.write(partial(self.note, events))
                await asyncio.sleep(0 if len(events) > FULL else PAUSE)

    def begin(self, connection: Connection) -> Position | None:
        """Give where to go on; where these rows were not begun, begin them."""
        if (place := self.place(connection)) is None:
            AUDIT.drop(connection, checkfirst=True)
            AUDIT.create(connection)
            connection.execute(delete(Checkpoint).where(col(Checkpoint.consumer).startswith(NAMED)))
            self.move(connection, place := 0)
        return Position(place) if place else None

    def note(self, events: Sequence[RecordedEvent], connection: Connection) -> None:
        """Write the rows of a page, except for those that another process has written."""
        if (done := self.place(connection)) is None:
            raise LookupError("Another release of this service began the audit anew.")
        if fresh := [row_of(event) for event in events if event.position > done]:
            connection.execute(insert(AUDIT), fresh)
            self.move(connection, fresh[-1]["position"])

    def place(self, connection: Connection) -> int | None:
        found: int | None = connection.execute(select(col(Checkpoint.position)).where(self.own())).scalar()
        return found

    def own(self) -> Any:
        return col(Checkpoint.consumer) == self.name

    def move(self, connection: Connection, position: int) -> None:
        write(connection, live(Checkpoint), [Put(Checkpoint, {"consumer": self.name}, {"position": position})])


def schema() -> str:
    """Give a digest of the table and its indexes, as their CREATE statements say them."""
    statements = [str(CreateTable(AUDIT)), *(str(CreateIndex(index)) for index in INDEXES)]
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


def prepare(connection: Connection) -> None:
    """Make the table where it is missing, so that it can be asked before there is a row."""
    AUDIT.create(connection, checkfirst=True)


def row_of(event: RecordedEvent) -> dict[str, Any]:
    return {
        "position": event.position,
        "at": micros(event.recorded_at),
        "actor": event.metadata.get("actor", ""),
        "type": event.type,
        "stream": event.stream,
        "revision": event.revision,
        "correlation": event.metadata.get("correlation", ""),
    }


def entries(session: Session, asked: Asked, before: tuple[int, ...], limit: int) -> list[Entry]:
    """Give at most `limit` entries, newest first, before an `(at, position)`; () from the newest one."""
    rows = session.connection().execute(query(asked, before, limit)).mappings()
    return [Entry(**{**row, "at": EPOCH + row["at"] * MICROSECOND}) for row in rows]


def query(asked: Asked, before: tuple[int, ...], limit: int) -> Any:
    conditions = [*asked.conditions()]
    if before:
        conditions.append(tuple_(AUDIT.c.at, AUDIT.c.position) < tuple_(*map(literal, before)))
    newest_first = AUDIT.c.at.desc(), AUDIT.c.position.desc()
    return select(AUDIT).where(*conditions).order_by(*newest_first).limit(limit)


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
