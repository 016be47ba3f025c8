"""Subscribers hear of our own commits at once, and of another process's within 10 ms."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from carnet.kernel.store.bells import Bells
from carnet.kernel.store.sqlite.connection import connect

POLL_SECONDS: Final = 0.02


class Watch:
    """One thread a store, which looks at the file only while somebody subscribes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bells = Bells()
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def rung(self) -> int:
        """Count the rings."""
        return self._bells.rung

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """Give a bell that rings when there may be news."""
        with self._bells.hang() as bell:
            self._wake()
            yield bell

    def ring(self) -> None:
        """Tell all subscribers that there may be news."""
        self._bells.ring()

    def close(self) -> None:
        """End the thread, and wake the subscribers so that they notice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread:
            self._thread.join()
        self.ring()

    def _wake(self) -> None:
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = Thread(target=self._run, name="event watch", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        seen = None
        with closing(connect(self._path)) as connection:
            while self._wait():
                if (version := _version(connection)) != seen:
                    seen = version
                    self.ring()

    def _wait(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: len(self._bells) or self._closed)
            self._changed.wait_for(lambda: self._closed, POLL_SECONDS)
            return not self._closed


def _version(connection: sqlite3.Connection) -> int | None:
    try:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])
    except sqlite3.Error:
        return None  # the subscriber's own read will say what is wrong
