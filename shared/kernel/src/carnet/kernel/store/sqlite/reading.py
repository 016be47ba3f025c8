"""Reading beside the writer: a few threads, each with its own connection."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Final, TypeVar

from carnet.kernel.store.port import StoreError
from carnet.kernel.store.sqlite.connection import connect

THREADS: Final = 4
T = TypeVar("T")


class Reader:
    """Runs queries off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="event reader")
        self._own = local()
        self._connections: list[sqlite3.Connection] = []

    async def run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Give what `query` finds. Raises StoreError, also after closing."""
        loop = asyncio.get_running_loop()
        try:
            answer = loop.run_in_executor(self._threads, self._ask, query)
        except RuntimeError as error:
            raise StoreError("The event store is closed.") from error
        return await answer

    def close(self) -> None:
        """Let running queries end, then close the connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _ask(self, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return query(self._connection())
        except sqlite3.Error as error:
            raise StoreError(f"The event store could not read: {error}.") from error

    def _connection(self) -> sqlite3.Connection:
        own: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if own is None:
            own = self._own.connection = connect(self._path)
            own.execute("PRAGMA query_only = ON")
            self._connections.append(own)
        return own
