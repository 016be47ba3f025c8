"""What waits for the writer, handed over in groups: whatever is there, up to a limit, without a timer."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Final, Generic, TypeAlias, TypeVar

from carnet.kernel.store.port import MAX_APPEND_BYTES, StoreError
from carnet.kernel.store.sqlite.ledger import Ledger

GROUP_APPENDS: Final = 256
GROUP_BYTES: Final = MAX_APPEND_BYTES

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """One caller's write, and where he waits for its answer."""

    act: Callable[[Ledger], T]
    size: int
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    answer: T | StoreError = field(init=False)

    def decide(self, ledger: Ledger) -> None:
        """Act in the group's transaction; a refusal is this caller's alone."""
        try:
            self.answer = self.act(ledger)
        except StoreError as refusal:
            self.answer = refusal

    def fail(self, error: Exception) -> None:
        """Answer that the engine could not write."""
        self.answer = StoreError(f"The event store could not write: {error}.")
        self.answer.__cause__ = error

    def settle(self) -> None:
        """Answer the caller, in his own loop, unless he has gone."""
        if self.future.done():
            return
        if isinstance(self.answer, StoreError):
            self.future.set_exception(self.answer)
        else:
            self.future.set_result(self.answer)


Group: TypeAlias = list[Job[Any]]


class Intake:
    """A queue between the callers' loops and the writer's thread."""

    def __init__(self) -> None:
        self._waiting: deque[Job[Any]] = deque()
        self._changed = Condition()
        self._closed = False

    def put(self, job: Job[Any]) -> None:
        """Accept a job. Raises StoreError after closing."""
        with self._changed:
            if self._closed:
                raise StoreError("The event store is closed.")
            self._waiting.append(job)
            self._changed.notify()

    def take(self) -> Group:
        """Wait for work and give the next group; [] when closed and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return self._group()

    def close(self) -> None:
        """Refuse what comes from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _group(self) -> Group:
        group: Group = []
        size = 0
        while self._waiting and len(group) < GROUP_APPENDS:
            size += self._waiting[0].size
            if group and size > GROUP_BYTES:
                break
            group.append(self._waiting.popleft())
        return group
