"""What we know of the streams that we read or wrote lately, so that an append need not read first.

The server takes a known id at the head of a stream; our port refuses it. Who appends has nearly always just read the
stream, and what stands in it never changes: the ids that were seen then are enough to tell.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from carnet.kernel.store.idempotency import is_at
from carnet.kernel.store.port import Expected

STREAMS: Final = 1000  # that are remembered


@dataclass
class KnownStream:
    """A stream's ids up to `head`, all of them; the stream itself may have gone on."""

    name: str
    head: int = -1
    tombstoned: bool = False
    revisions: dict[UUID, int] = field(default_factory=dict)

    def revision_of(self, event_id: UUID) -> int | None:
        return self.revisions.get(event_id)

    def add(self, ids: Sequence[UUID], first: int) -> None:
        """Learn the ids that stand from revision `first` on; what does not join on is not learnt."""
        if first <= self.head + 1:
            self.revisions.update(zip(ids, range(first, first + len(ids)), strict=True))
            self.head = max(self.head, first + len(ids) - 1)

    def takes(self, ids: Sequence[UUID], expected: Expected) -> bool:
        """Say whether an append would be new to the stream as we know it."""
        return is_at(self, expected) and not any(event_id in self.revisions for event_id in ids)


class Lately:
    """The streams that were used last."""

    def __init__(self) -> None:
        self._streams: OrderedDict[str, KnownStream] = OrderedDict()

    def find(self, name: str) -> KnownStream | None:
        """Give what is known of a stream."""
        if (found := self._streams.get(name)) is not None:
            self._streams.move_to_end(name)
        return found

    def learn(self, name: str, ids: Sequence[UUID], first: int) -> KnownStream:
        """Learn what stands in a stream from revision `first` on; give all that is known of it."""
        stream = self.find(name) or KnownStream(name)
        stream.add(ids, first)
        self._streams[name] = stream
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return stream

    def forget(self, name: str) -> None:
        """Forget a stream."""
        self._streams.pop(name, None)
