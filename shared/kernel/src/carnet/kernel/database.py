"""The database of derived tables: one writer thread, some reader threads, SQLite or another engine by URL."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


class Database:
    """Transactions off the event loop: `write` one after another, `read` beside them."""

    def __init__(self, url: str) -> None:
        self.writer_engine = engine(url, "BEGIN IMMEDIATE")
        self.reader_engine = engine(url, "BEGIN")
        self.writer = ThreadPoolExecutor(1, "database-writer")
        self.readers = ThreadPoolExecutor(READERS, "database-reader")

    @classmethod
    def in_folder(cls, folder: Path, name: str = "views") -> Self:
        """Open the SQLite file `<folder>/<name>.db`, making both where they are missing."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{folder / name}.db")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of its own; an exception rolls it back."""

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

    def close(self) -> None:
        """Finish what was begun and let go of the engine."""
        self.writer.shutdown()
        self.readers.shutdown()
        self.writer_engine.dispose()
        self.reader_engine.dispose()


def engine(url: str, begin: str) -> Engine:
    made = create_engine(url)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", prepare_sqlite)
        event.listen(made, "begin", lambda connection: connection.exec_driver_sql(begin))
    return made


def prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: a deferred one that upgrades fails at once
    log_ahead(connection)
    for pragma in PRAGMAS:
        connection.execute(pragma)
