"""The only thread that writes: it commits in groups, and answers nobody before the COMMIT is on disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

from carnet.kernel.store.port import Clock, StoreError
from carnet.kernel.store.sqlite.connection import rollback
from carnet.kernel.store.sqlite.intake import Group, Intake
from carnet.kernel.store.sqlite.job import Job, deliver
from carnet.kernel.store.sqlite.ledger import Ledger

T = TypeVar("T")


class Writer:
    """Takes writes from any event loop; `committed` is called in the thread after each group."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._ledger = Ledger(self._connection, clock)
        self._committed = committed
        self._intake = Intake()
        self._thread = Thread(target=self._run, name="event writer", daemon=True)
        self._thread.start()

    async def write(self, act: Callable[[Ledger], T], size: int) -> T:
        """Run `act` in a group's transaction and give its answer once that is committed. Raises StoreError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._intake.put(Job(act, loop, answer, size))
        return await answer

    def close(self) -> None:
        """Finish what was accepted and end the thread."""
        self._intake.close()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while group := self._intake.take():
            self._commit(group)
            deliver(group)
            self._committed()

    def _commit(self, group: Group) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:  # nobody's append is to blame: no use in trying them one by one
            _fail(group, error)
        else:
            self._decide(group)

    def _decide(self, group: Group) -> None:
        try:
            self._ledger.refresh()
            for job in group:
                _act(job, self._ledger)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 whatever it is, its callers are told and the thread goes on
            self._undo(group, error)

    def _undo(self, group: Group, error: Exception) -> None:
        self._ledger.forget()
        with suppress(sqlite3.Error):
            rollback(self._connection)
        if len(group) == 1:
            _fail(group, error)
        else:
            for job in group:
                self._commit([job])


def _act(job: Job[Ledger, Any], ledger: Ledger) -> None:
    """Do a job in the group's transaction; a refusal is this caller's alone."""
    try:
        job.answer = job.act(ledger)
    except StoreError as refusal:
        job.answer = refusal


def _fail(group: Group, error: Exception) -> None:
    for job in group:
        job.fail("write", error)
