"""What waits for the writer, handed over in groups: whatever is there, up to a limit, without a timer."""

from collections import deque
from threading import Condition
from typing import Any, Final, TypeAlias

from carnet.kernel.store.port import MAX_APPEND_BYTES, StoreError
from carnet.kernel.store.sqlite.job import Job
from carnet.kernel.store.sqlite.ledger import Ledger

GROUP_APPENDS: Final = 256
GROUP_BYTES: Final = MAX_APPEND_BYTES

Group: TypeAlias = list[Job[Ledger, Any]]


class Intake:
    """A queue between the callers' loops and the writer's thread."""

    def __init__(self) -> None:
        self._waiting: deque[Job[Ledger, Any]] = deque()
        self._changed = Condition()
        self._closed = False

    def put(self, job: Job[Ledger, Any]) -> None:
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
