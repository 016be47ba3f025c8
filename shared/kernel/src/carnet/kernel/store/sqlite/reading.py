"""Reading beside the writer: a few threads, each with its own connection, that answer by the group.

Who reads many streams at once, as a billing run does, pays for a change of threads by the group and not by the stream.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock, local
from typing import Any, Final, TypeAlias, TypeVar

from carnet.kernel.store.port import StoreError
from carnet.kernel.store.sqlite.connection import connect
from carnet.kernel.store.sqlite.job import Job, deliver

THREADS: Final = 4
T = TypeVar("T")
Question: TypeAlias = Job[sqlite3.Connection, Any]


class Reader:
    """Runs queries off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="event reader")
        self._own = local()
        self._connections: list[sqlite3.Connection] = []
        self._asked: deque[Question] = deque()
        self._turn = Lock()

    async def run(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Give what `query` finds. Raises StoreError, also after closing."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        question = Job(query, loop, answer)
        with self._turn:
            self._asked.append(question)
            waiting = len(self._asked)
        if waiting <= THREADS:  # else a thread is on its way for each of the first ones, and goes on to this one
            self._send_a_thread(question)
        return await answer

    def close(self) -> None:
        """Let running queries end, then close the connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _send_a_thread(self, question: Question) -> None:
        try:
            self._threads.submit(self._answer)
        except RuntimeError as error:
            self._asked.remove(question)
            raise StoreError("The event store is closed.") from error

    def _answer(self) -> None:
        """Answer as long as there are questions."""
        while group := self._some():
            for question in group:
                self._ask(question)
            deliver(group)

    def _some(self) -> list[Question]:
        """Take this thread's share of what waits."""
        with self._turn:
            share = -(-len(self._asked) // THREADS)
            return [self._asked.popleft() for _ in range(share)]

    def _ask(self, question: Question) -> None:
        try:
            question.answer = question.act(self._connection())
        except sqlite3.Error as error:
            question.fail("read", error)
        except Exception as error:  # noqa: BLE001  # it is the caller's
            question.answer = error

    def _connection(self) -> sqlite3.Connection:
        own: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if own is None:
            own = self._own.connection = connect(self._path)
            own.execute("PRAGMA query_only = ON")
            self._connections.append(own)
        return own
