"""Many documents are rendered by processes of their own, a few by a thread; the event loop goes on meanwhile."""

import asyncio
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Thread

from carnet.invoicing.documents.model import Document, DocumentRefused
from carnet.invoicing.documents.render import render

FEW = 4  # documents at a time for which no process is started: each takes a second and 100 MB
TRIES = 2  # a process that dies takes what the others had in hand with it


@dataclass
class Printers:
    """Renders documents in up to `workers` processes, which are started when there is much to do."""

    workers: int
    waiting: int = 0
    pool: ProcessPoolExecutor | None = None

    @property
    def at_once(self) -> int:
        """How many documents keep all processes busy."""
        return FEW + 2 * self.workers

    async def pdf(self, document: Document) -> bytes:
        """Give the PDF of a document; raises `DocumentRefused` as `render` does, and where its process dies again."""
        self.waiting += 1
        try:
            for _ in range(TRIES):
                try:
                    return await self.rendered(document)
                except BrokenProcessPool:
                    continue
            raise DocumentRefused(f"The process that rendered {document.number} died; render it again.")
        finally:
            self.waiting -= 1

    async def rendered(self, document: Document) -> bytes:
        if self.pool is None and self.waiting <= FEW:
            return await asyncio.to_thread(render, document)
        pool = self.opened()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, render, document)
        except BrokenProcessPool:
            if self.pool is pool:  # else another document's try has opened a new one
                self.close()
            raise

    def opened(self) -> ProcessPoolExecutor:
        if self.pool is None:
            spawn = multiprocessing.get_context("spawn")  # a fork would copy threads in the middle of their work
            self.pool = ProcessPoolExecutor(self.workers, mp_context=spawn, initializer=begin)
        return self.pool

    def close(self) -> None:
        """End the processes; what is not rendered yet is given up."""
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None


def begin() -> None:
    """Let a process leave the processors to the service, the interrupts too, and end with it however that ends."""
    os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
