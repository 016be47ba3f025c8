"""The embedded bus: a log file in SQLite. One member of a group is served at a time, another stands by."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast
from weakref import WeakSet

from sqlalchemy import Connection, bindparam, func, insert, text
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import JSON, Column, Field, Session, SQLModel, col, select

from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import BusUnavailable, Delivery, Message, Start
from carnet.kernel.database import Database
from carnet.kernel.lease import Holding, Lease, LeaseLost, holding

FRESH = "SELECT topic, max(number) FROM bus_message NOT INDEXED WHERE number > ? GROUP BY topic"
ENDS = text("SELECT topic, max(number) FROM bus_message GROUP BY topic")
POLL_SECONDS = 0.02  # how soon another process's messages are seen


class Kept(SQLModel, table=True):
    __tablename__ = "bus_message"
    number: int | None = Field(default=None, primary_key=True)
    topic: str = Field(index=True)
    key: str
    headers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    value: bytes


class GroupOffset(SQLModel, table=True):
    __tablename__ = "bus_offset"
    group: str = Field(primary_key=True)
    number: int


NUMBER = cast("InstrumentedAttribute[int]", Kept.number)
TOPIC_UNINDEXED = text("+topic IN :topics").bindparams(bindparam("topics", expanding=True))
"""The plus keeps SQLite on the log's own order; the index on the topic would sort all that is left to read."""

NEIGHBOURS: defaultdict[Path, WeakSet["SqliteBus"]] = defaultdict(WeakSet)
"""The buses of this process by their file: the services of one process hear each other without waiting for a look."""


class SqliteBus:
    """Messages of all topics in one numbered log; a group's offset is a number in it."""

    def __init__(self, file: Path, database: Database, ends: dict[str, int]) -> None:
        self.file, self.database = file, database
        self.window = sqlite3.connect(file, timeout=0.2)  # a look takes microseconds, on the event loop itself
        self.seen: Any = None
        self.ends = ends
        self.members: set[SqliteSubscription] = set()
        self.poke = asyncio.Event()
        NEIGHBOURS[file].add(self)
        self.watcher = asyncio.create_task(self.watch())

    @classmethod
    async def open(cls, file: Path) -> Self:
        """Open or make the log file."""
        database = Database.in_folder(file.parent, file.stem)
        tables = [SQLModel.metadata.tables[str(t.__tablename__)] for t in (Kept, GroupOffset, Lease)]
        await database.write(lambda connection: SQLModel.metadata.create_all(connection, tables))
        return cls(file, database, await database.read(ends))

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        rows = [{"topic": topic, "key": m.key, "headers": dict(m.headers), "value": m.value} for m in messages]
        if rows:
            await self.database.write(lambda connection: connection.execute(insert(Kept), rows))
            for neighbour in NEIGHBOURS[self.file]:
                neighbour.poke.set()

    async def subscribe(self, group: str, topics: Sequence[str], start: Start = "beginning") -> "SqliteSubscription":
        lease = holding(self.database, f"group {group}")
        try:
            await lease.wait()
            offset = await self.database.write(lambda connection: join(connection, group, topics, start))
        except BaseException:
            await lease.release()  # also when cancelled: else the next member waits for the lease to run out
            raise
        member = SqliteSubscription(self, group, tuple(topics), offset, lease)
        self.members.add(member)
        return member

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        self.look()
        end = max((self.ends.get(topic, 0) for topic in topics), default=0)
        if any(member.group == group and member.committed >= end for member in self.members):
            return 0
        return await self.database.read(lambda session: behind(session, group, topics))

    async def end(self, topic: str) -> int:
        self.look()
        return self.ends.get(topic, 0)

    def look(self) -> None:
        """See what this and other processes have published (SQLite's data_version moves with their commits)."""
        version = self.window.execute("PRAGMA data_version").fetchone()
        if version != self.seen:
            fresh = dict(self.window.execute(FRESH, (max(self.ends.values(), default=0),)).fetchall())
            self.seen = version
            self.ends |= fresh
            self.announce(fresh.keys())

    def announce(self, topics: AbstractSet[str]) -> None:
        for member in self.members:
            if not topics.isdisjoint(member.topics):
                member.bell.ring()

    async def watch(self) -> None:
        """Look again and again, and at once after a publish of our own."""
        while True:
            self.poke.clear()
            with suppress(sqlite3.OperationalError):  # locked for a moment: the next look is not far
                self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # wait_for of 3.11 may swallow a cancellation
                    await self.poke.wait()

    async def close(self) -> None:
        NEIGHBOURS[self.file].discard(self)
        await stop(self.watcher)
        self.window.close()
        self.database.close()


@dataclass(eq=False)
class SqliteSubscription:
    """The member of a group that holds its lease."""

    bus: SqliteBus
    group: str
    topics: tuple[str, ...]
    offset: int
    lease: Holding
    committed: int = field(init=False)
    bell: Bell = field(default_factory=Bell)
    keeper: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self.committed = self.offset
        self.keeper = asyncio.create_task(self.lease.keep())
        self.keeper.add_done_callback(lambda _: self.bell.ring())

    async def batch(self, limit: int = 500) -> Sequence[Delivery]:
        while True:
            rung = self.bell.rung
            kept = await self.bus.database.read(lambda session: page(session, self.topics, self.offset, limit))
            if self.keeper.done():
                raise self.unserved()
            if kept:
                self.offset = kept[-1][0]
                return [delivery for _, delivery in kept]
            await self.bell.wait(rung)

    async def commit(self) -> None:
        offset = self.offset
        try:
            await self.bus.database.write(lambda connection: self.move(connection, offset))
        except LeaseLost as lost:
            raise self.unserved() from lost
        self.committed = offset

    def move(self, connection: Connection, offset: int) -> None:
        self.lease.check(connection)
        move(connection, self.group, offset)

    def unserved(self) -> BusUnavailable:
        return BusUnavailable(f"Another process serves the group {self.group} now.")

    async def close(self) -> None:
        self.bus.members.discard(self)
        await stop(self.keeper)
        await self.lease.release()


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def ends(session: Session) -> dict[str, int]:
    """Give each topic's end; a look goes on from there, as the whole log is too long for the event loop."""
    return {str(topic): int(number) for topic, number in session.connection().execute(ENDS)}


def join(connection: Connection, group: str, topics: Sequence[str], start: Start) -> int:
    """Give the group's offset; a new group's first one is kept at once, so that `now` stays where it was."""
    known = connection.execute(select(GroupOffset.number).where(col(GroupOffset.group) == group)).scalar()
    if known is not None:
        return int(known)
    ends = select(func.max(NUMBER)).where(col(Kept.topic).in_(topics))
    first = (connection.execute(ends).scalar() or 0) if start == "now" else 0
    move(connection, group, first)
    return int(first)


def move(connection: Connection, group: str, number: int) -> None:
    statement = upsert(GroupOffset).values(group=group, number=number)
    connection.execute(statement.on_conflict_do_update(index_elements=["group"], set_={"number": number}))


def page(session: Session, topics: Sequence[str], offset: int, limit: int) -> list[tuple[int, Delivery]]:
    query = (
        select(NUMBER, Kept.topic, Kept.key, Kept.headers, Kept.value)  # type: ignore[call-overload]  # five columns
        .where(col(NUMBER) > offset, TOPIC_UNINDEXED.bindparams(topics=list(topics)))
        .order_by(col(NUMBER))
        .limit(limit)
    )
    return [
        (number, Delivery(topic, Message(key, value, headers)))
        for number, topic, key, headers, value in session.exec(query)
    ]


def behind(session: Session, group: str, topics: Sequence[str]) -> int:
    offset = session.exec(select(GroupOffset.number).where(col(GroupOffset.group) == group)).first() or 0
    left = select(func.count()).select_from(Kept).where(col(NUMBER) > offset, col(Kept.topic).in_(topics))
    return session.exec(left).one()
