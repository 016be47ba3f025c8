"""A service on its way up: what it stands on may come later than itself, and it is there when that is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import structlog

from carnet.kernel.runtime import Runtime
from carnet.kernel.trouble import first_line, is_engine_trouble

PATIENCE = 10.0  # seconds that a start may take before the service answers that it is not ready
AGAIN_SECONDS = 1.0
log = structlog.get_logger()


@dataclass
class Starting:
    """Tries `begin` until all engines are there; `runtime` is None as long as they are not, and `trouble` says why."""

    begin: Callable[[], AbstractAsyncContextManager[Runtime]]
    runtime: Runtime | None = None
    trouble: str = "It is starting."
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        """Start, and stop at the end of the block; raises what the first try meets, unless that may pass by itself."""
        task = asyncio.create_task(self.run())
        tried = asyncio.create_task(self.tried.wait())
        try:
            await asyncio.wait((task, tried), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            self.tried.set()
            yield
        finally:
            tried.cancel()
            await self.stop(task)

    async def stop(self, task: asyncio.Task[None]) -> None:
        self.ended.set()
        if self.runtime is None:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def run(self) -> None:
        while not self.ended.is_set():
            try:
                async with self.begin() as self.runtime:
                    self.tried.set()
                    await self.ended.wait()
            except Exception as error:  # noqa: BLE001  # whatever it is, the operator reads it where he asks
                self.refuse(error)
                await asyncio.sleep(AGAIN_SECONDS)

    def refuse(self, error: Exception) -> None:
        """Note what keeps the service from starting; an operator who is still looking is told at once."""
        if not self.tried.is_set() and not may_pass(error):
            raise error
        self.runtime, self.trouble = None, first_line(error)
        self.tried.set()
        log.error("an engine is missing", why=self.trouble)


def may_pass(error: Exception) -> bool:
    """Say whether an engine was merely not there, rather than of another kind than it should be."""
    return is_engine_trouble(error) or isinstance(error, OSError)
