"""The database of derived tables: one writer thread, some reader threads, SQLite or PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

from carnet.kernel.store.sqlite.connection import log_ahead

T = TypeVar("T")

READERS = 4
PRAGMAS = (
    "PRAGMA synchronous=NORMAL",  # what stands here can be derived again
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-16000",
)


@dataclass(frozen=True)
class Kind:
    """What differs between engines: how to connect, how each sort of transaction begins, how others' news is heard."""

    engine: Callable[[str, str], Engine]  # of a URL, with how its transactions begin
    write: str
    read: str
    beside: str
    alone: str  # a statement that lets no reader in until its transaction is committed
    tell: str  # a statement that rings in all processes that listen
    look_again: float  # seconds after which who waits for another process looks by himself
    listen: Callable[[Engine, Callable[[], None]], Awaitable[None]]


class Database:
    """Transactions off the event loop: `write` one after another, also across processes, `read` beside them."""

    def __init__(self, url: str, kind: Kind) -> None:
        self.kind = kind
        self.writer_engine = kind.engine(url, kind.write)
        self.reader_engine = kind.engine(url, kind.read)
        self.beside_engine = kind.engine(url, kind.beside)
        self.writer = ThreadPoolExecutor(1, "database-writer")
        self.readers = ThreadPoolExecutor(READERS, "database-reader")

    @classmethod
    def in_folder(cls, folder: Path, name: str = "views") -> Self:
        """Open the SQLite file `<folder>/<name>.db`, making both where they are missing."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{folder / name}.db", SQLITE)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of its own, which sees all that was written before; an exception undoes it."""

        def transaction() -> T:
            with self.writer_engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self.writer, transaction)

    async def read(self, query: Callable[[Session], T]) -> T:
        """Run `query` on one consistent snapshot."""

        def snapshot() -> T:
            with Session(self.reader_engine, expire_on_commit=False) as session:
                return query(session)

        return await asyncio.get_running_loop().run_in_executor(self.readers, snapshot)

    async def beside(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that waits for no other: for rows that nobody changes."""

        def transaction() -> T:
            with self.beside_engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self.readers, transaction)

    def shut_out_readers(self, connection: Connection) -> None:
        """Let no reader begin until this transaction is committed, and wait for those that have begun."""
        if self.kind.alone:
            connection.exec_driver_sql(self.kind.alone)

    def tell(self, connection: Connection) -> None:
        """Let those who listen in other processes know, once this transaction is committed."""
        if self.kind.tell:
            connection.exec_driver_sql(self.kind.tell)

    async def listen(self, ring: Callable[[], None]) -> None:
        """Ring for what other processes tell, for ever; where they cannot tell, who waits has `look_again`."""
        await self.kind.listen(self.reader_engine, ring)

    def close(self) -> None:
        """Finish what was begun and let go of the engine."""
        self.writer.shutdown()
        self.readers.shutdown()
        for each in (self.writer_engine, self.reader_engine, self.beside_engine):
            each.dispose()


def engine(url: str, begin: str) -> Engine:
    made = create_engine(url, hide_parameters=True)  # what they are may be personal, and errors are logged
    event.listen(made, "connect", prepare)
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql(begin))
    return made


def prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: a deferred one that upgrades fails at once
    log_ahead(connection)
    for pragma in PRAGMAS:
        connection.execute(pragma)


async def hear_nothing(_: Engine, __: Callable[[], None]) -> None:
    """Return at once: a file rings no bell."""


SQLITE = Kind(
    engine,
    write="BEGIN IMMEDIATE",
    read="BEGIN",
    beside="BEGIN IMMEDIATE",
    alone="",  # a reader's snapshot has the tables of its time
    tell="",
    look_again=0.05,
    listen=hear_nothing,
)
