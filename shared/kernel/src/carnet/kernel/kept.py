"""What a process keeps of the streams that are long by design: it reads and folds each of their events once.

What is kept decides nothing alone: each look at a stream reads its last known event again and what came since, and the
store's expected revision guards the append (promise 7).
"""

from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from carnet.kernel.store.port import EventStore, Position, RecordedEvent

S = TypeVar("S")

CAUSES: Final = ("causation", "key")  # of metadata
WORTH: Final = 100  # events; a shorter stream is read as quickly as it is looked for
MOST: Final = 100_000  # events of all kept streams of a store together; an account takes some 700 bytes each


@dataclass(frozen=True)
class Folded(Generic[S]):
    """A stream as far as it was read: what it comes to, its last event, the first and last revision of each cause.

    Two commands at once may each fold on from the same one; `causes`, which they share, then says the same twice.
    """

    state: S
    last: RecordedEvent | None = None
    causes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def revision(self) -> int:
        """-1 where there is no event."""
        return self.last.revision if self.last else -1

    @property
    def position(self) -> Position | None:
        return self.last.position if self.last else None

    @property
    def end(self) -> list[RecordedEvent]:
        """Give the last event, with which a page of what came since begins; [] where there is none."""
        return [self.last] if self.last else []

    def note(self, event: RecordedEvent) -> None:
        """Note an event's cause, so that a repeat of it is found."""
        for name in CAUSES:
            if cause := event.metadata.get(name):
                first, _ = self.causes.get(cause, (event.revision, 0))
                self.causes[cause] = first, event.revision


@dataclass
class Kept:
    """The long streams of one store that were used last, by name; whatever is dropped is read again."""

    streams: dict[str, Folded[Any]] = field(default_factory=dict)
    events: int = 0

    def put(self, name: str, folded: Folded[Any]) -> None:
        """Keep a stream as the one that was used last, and let go of those that were not used for longest."""
        self.drop(name)
        if folded.revision >= WORTH:
            self.streams[name] = folded
            self.events += folded.revision
        while self.events > MOST and len(self.streams) > 1:
            self.drop(next(iter(self.streams)))

    def drop(self, name: str) -> None:
        if dropped := self.streams.pop(name, None):
            self.events -= dropped.revision


KEPT: Final[WeakKeyDictionary[EventStore, Kept]] = WeakKeyDictionary()


def kept(store: EventStore) -> Kept:
    """Give what this process keeps of a store."""
    return KEPT.setdefault(store, Kept())
