"""All moves of the tree, on the one stream `structure`, of which each is read once by a process.

The stream grows for ever: a command looks at the way from its target to the top, not at all moves that there ever were.
What this process knows is kept between the commands; the store's expected revision guards it (promise 7).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from carnet.kernel.because import Because
from carnet.kernel.store.port import EventStore, Position, RecordedEvent, WrongRevision
from carnet.kernel.streams import TRIES, Outcome, Stream, caused_before
from carnet.objects.domain.structure import Move, NodeMoved, State, first_parents, structure
from carnet.objects.streams import STRUCTURE

NAME: Final = "structure"
PAGE: Final = 500  # events

Moved: TypeAlias = Outcome[State, NodeMoved]


@dataclass
class Moves:
    """The parents of all nodes that a move has named, and which event is where; some 400 bytes a move."""

    store: EventStore
    revision: int = -1
    position: Position | None = None
    parents: dict[str, str | None] = field(default_factory=dict)
    revisions: dict[bytes, int] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def now(self) -> dict[str, str | None]:
        """Give the parents as they are now, of the nodes that a move has named."""
        async with self.turn:
            while page := await self.store.read(NAME, self.revision, PAGE):
                self.take(page)
        return self.parents

    def take(self, page: Sequence[RecordedEvent]) -> None:
        for event in page:
            moved = STRUCTURE.decode(event)
            for node, parent in first_parents(moved.lineage).items():
                self.parents.setdefault(node, parent)
            self.parents[moved.node_id] = moved.parent_id
            self.revisions[event.id.bytes] = event.revision
        self.revision, self.position = page[-1].revision, page[-1].position

    async def handle(self, command: Move, because: Because, expected: int | None = None) -> Moved:
        """Decide a move and append what follows, once in effect, as `Stream.handle` does; raises the same."""
        for _ in range(1 if expected is not None else TRIES):
            try:
                return await self.try_once(command, because, expected)
            except WrongRevision as error:
                conflict = error
        raise conflict

    async def try_once(self, command: Move, because: Because, expected: int | None) -> Moved:
        await self.now()
        if before := await self.before(because):
            return self.repeated(before, command)
        revision, state = self.revision, self.state(command)
        if expected not in {None, revision}:
            raise WrongRevision(NAME, expected, revision)
        if not (events := structure.decide(command, state)):
            return Outcome(NAME, revision, self.position, state, ())
        return await Stream(self.store, STRUCTURE, NAME).append(state, events, because, revision)

    async def before(self, because: Because) -> list[RecordedEvent]:
        """Find the move of the same cause; raises KeyReused where the key came with another body."""
        if (revision := self.revisions.get(because.event_id(NAME, 0).bytes)) is None:
            return []
        return caused_before(await self.store.read(NAME, revision - 1, 1), because)

    def repeated(self, before: Sequence[RecordedEvent], command: Move) -> Moved:
        last = before[-1]
        events = [STRUCTURE.decode(event) for event in before]
        return Outcome(NAME, last.revision, last.position, self.state(command), events, repeated=True)

    def state(self, command: Move) -> State:
        """Give as much of the tree as the decision looks at: the node's own parent, and the way up from its target."""
        nearby = first_parents(command.lineage) | {command.node_id: command.first_parent_id}
        way, node = [command.node_id], command.lineage[0] if command.lineage else None
        while node is not None:
            way.append(node)
            node = self.parents[node] if node in self.parents else nearby.get(node)
        return State(self.parents_of(way))

    def parents_of(self, nodes: Sequence[str]) -> dict[str, str | None]:
        return {node: self.parents[node] for node in nodes if node in self.parents}


KEPT: Final[WeakKeyDictionary[EventStore, Moves]] = WeakKeyDictionary()


def moves(store: EventStore) -> Moves:
    """Give the one list of a store's moves."""
    return KEPT.setdefault(store, Moves(store))
