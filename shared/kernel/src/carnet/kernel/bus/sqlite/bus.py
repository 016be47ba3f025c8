"""The adapter: publishes into the log, looks for what is new, and keeps offsets and leases for all its members."""

import asyncio
import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import structlog
from sqlalchemy import Connection
from sqlmodel import SQLModel

from carnet.kernel import lease
from carnet.kernel.bus.port import Delivery, Message, Start
from carnet.kernel.bus.sqlite.log import (
    Epoch,
    GroupOffset,
    Kept,
    append,
    begin,
    behind,
    ends,
    epoch,
    first_left,
    join,
    move,
)
from carnet.kernel.bus.sqlite.member import SqliteSubscription
from carnet.kernel.bus.sqlite.tail import Tail
from carnet.kernel.database import Database
from carnet.kernel.lease import Lease, holding

FRESH = "SELECT topic, max(number) FROM bus_message NOT INDEXED WHERE number > ? GROUP BY topic"
POLL_SECONDS = 0.02  # how soon another process's messages are seen
AGAIN_SECONDS = 1.0  # before the next look after one that failed
log = structlog.get_logger()

SHARED: Final[dict[tuple[asyncio.AbstractEventLoop, Path], "SqliteBus"]] = {}


class SqliteBus:
    """Messages of all topics in one numbered log."""

    def __init__(self, file: Path, database: Database, ends: dict[str, int]) -> None:
        self.database, self.ends = database, ends
        self.window = sqlite3.connect(file, timeout=0.2)  # a look takes microseconds, on the event loop itself
        self.tail = Tail(self.window, max(ends.values(), default=0))
        self.seen: Any = None
        self.members: set[SqliteSubscription] = set()
        self.due: dict[SqliteSubscription, int] = {}
        self.turn = asyncio.Lock()
        self.poke = asyncio.Event()
        self.users = 0  # services that share it
        self.watcher = asyncio.create_task(self.watch())
        self.keeper = asyncio.create_task(self.keep_leases())

    @classmethod
    async def open(cls, file: Path) -> Self:
        """Open or make the log file."""
        database = Database.in_folder(file.parent, file.stem)
        tables = [SQLModel.metadata.tables[str(t.__tablename__)] for t in (Kept, GroupOffset, Epoch, Lease)]
        await database.write(lambda connection: SQLModel.metadata.create_all(connection, tables))
        await database.write(begin)
        return cls(file, database, await database.read(ends))

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        rows = [{"topic": topic, "key": m.key, "headers": dict(m.headers), "value": m.value} for m in messages]
        if not rows:
            return 0
        end = await self.database.write(lambda connection: append(connection, rows))
        self.poke.set()
        return end

    async def subscribe(self, group: str, topics: Sequence[str], start: Start = "beginning") -> SqliteSubscription:
        claim = holding(self.database, f"group {group}")
        try:
            await claim.wait()
            offset = await self.database.write(lambda connection: join(connection, group, topics, start))
        except BaseException:
            await claim.release()  # also when cancelled: else the next member waits for the lease to run out
            raise
        leave = self.members.discard
        member = SqliteSubscription(self.database, self.tail, self.keep, leave, group, tuple(topics), offset, claim)
        self.members.add(member)
        return member

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        if self.has_all(group, topics):
            return 0
        return await self.database.read(lambda session: behind(session, group, topics))

    async def first_left(self, group: str, topics: Sequence[str]) -> list[Delivery]:
        if self.has_all(group, topics):
            return []
        return await self.database.read(lambda session: first_left(session, group, topics))

    def has_all(self, group: str, topics: Sequence[str]) -> bool:
        """Say whether a member in this process is known to have committed all that there is."""
        self.look()
        end = max((self.ends.get(topic, 0) for topic in topics), default=0)
        return any(member.group == group and member.committed >= end for member in self.members)

    async def end(self, topic: str) -> int:
        self.look()
        return self.ends.get(topic, 0)

    async def epoch(self, topic: str) -> str:  # noqa: ARG002  # one file keeps all topics
        return await self.database.read(epoch)

    def look(self) -> None:
        """See what this and other processes have published (SQLite's data_version moves with their commits)."""
        version = self.window.execute("PRAGMA data_version").fetchone()
        if version != self.seen:
            fresh = dict(self.window.execute(FRESH, (max(self.ends.values(), default=0),)).fetchall())
            self.seen = version
            self.ends |= fresh

    async def watch(self) -> None:
        """Look again and again, and at once after a publish of our own."""
        while True:
            self.poke.clear()
            try:
                self.look()
                await self.hand_out()
            except sqlite3.OperationalError:
                pass  # locked for a moment: the next look is not far
            except Exception:
                log.exception("the bus could not be looked at")
                await asyncio.sleep(AGAIN_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # wait_for of 3.11 may swallow a cancellation
                    await self.poke.wait()

    async def hand_out(self) -> None:
        """Read what is new and wake those who wait for it."""
        while self.tail.last < max(self.ends.values(), default=0):
            self.announce(self.tail.grow())
            await asyncio.sleep(0)

    def announce(self, topics: AbstractSet[str]) -> None:
        for member in self.members:
            if not topics.isdisjoint(member.topics):
                member.bell.ring()

    async def keep(self, member: SqliteSubscription, offset: int) -> None:
        """Keep a member's offset; those of several who come at once are written together."""
        self.due[member] = offset
        async with self.turn:
            if member not in self.due:
                return  # another wrote it along with its own
            due, self.due = self.due, {}
            try:
                await self.database.write(lambda connection: keep(connection, due))
            except BaseException:
                self.due = due | self.due
                raise

    async def keep_leases(self) -> None:
        """Renew the leases of all members; one that lost its own hears of it."""
        while True:
            await asyncio.sleep(lease.SECONDS / 3)
            members = [member for member in self.members if member.lease.token is not None]
            try:
                await lease.renew(self.database, [member.lease for member in members])
            except Exception:
                log.exception("the leases of the bus could not be renewed")
            for member in members:
                if member.lease.token is None:
                    member.bell.ring()

    async def close(self) -> None:
        self.users -= 1
        if self.users > 0:
            return
        for here in [here for here, bus in SHARED.items() if bus is self]:
            del SHARED[here]
        self.watcher.cancel()
        self.keeper.cancel()
        await asyncio.gather(self.watcher, self.keeper, return_exceptions=True)
        self.window.close()
        self.database.close()


def keep(connection: Connection, due: dict[SqliteSubscription, int]) -> None:
    """Write offsets, except those of members whose lease another holds now."""
    lease.check_all(connection, [member.lease for member in due])
    if kept := {member.group: offset for member, offset in due.items() if member.lease.token is not None}:
        move(connection, kept)


async def shared_bus(file: Path) -> SqliteBus:
    """Give the one bus that all services of this process have on a file; it closes when the last of them closes it."""
    here = asyncio.get_running_loop(), file
    if here not in SHARED:
        opened = await SqliteBus.open(file)
        if SHARED.setdefault(here, opened) is not opened:
            await opened.close()  # another service was faster
    SHARED[here].users += 1
    return SHARED[here]
