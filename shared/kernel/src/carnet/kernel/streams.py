"""The road of a command: load the stream, fold, decide, append at the revision that was decided on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from carnet.kernel.because import Because
from carnet.kernel.codec import Codec
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.kept import Folded, kept
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent, Position, RecordedEvent, WrongRevision

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

TRIES = 5
PAGE = 500  # events
WRITTEN_NUL = rb"\u0000"  # as JSON writes it; what is derived could not be kept in PostgreSQL
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # and not a text that only reads so


class KeyReused(Exception):
    """An Idempotency-Key came again with another body."""


@dataclass(frozen=True)
class Category(Generic[C, S, E]):
    """The streams of one aggregate: their name's beginning, their decider, their stored events.

    What no key bounds is `long` by design: a process reads such a stream once, and then what came since (ADR 22).
    """

    name: str
    decider: Decider[C, S, E]
    codec: Codec[Any]
    long: bool = False

    def stream(self, stream_id: object) -> str:
        """Name the stream of one aggregate: `order-<id>`."""
        return f"{self.name}-{stream_id}"

    def decode(self, event: RecordedEvent) -> E:
        decoded: E = self.codec.decode(event.type, event.data)
        return decoded


@dataclass(frozen=True)
class Outcome(Generic[S, E]):
    """What a command led to. `events` are the ones that it caused, also when it was caused before (`repeated`).

    `state` is what the stream comes to after all that is on it now.
    """

    stream: str
    revision: int
    position: Position | None
    state: S
    events: Sequence[E]
    repeated: bool = False


def tell_nothing(_: Any) -> None:
    """Publish nothing."""


@dataclass(frozen=True)
class Stream(Generic[C, S, E]):
    """One aggregate's stream in a store; what `publish` cannot tell the others is not recorded."""

    store: EventStore
    category: Category[C, S, E]
    name: str
    publish: Callable[[Any], object] = tell_nothing

    async def handle(self, command: C, because: Because, expected: int | None = None) -> Outcome[S, E]:
        """Decide `command` and append what follows, once in effect.

        A command caused before (same causation or same key) answers its first result and appends nothing. On a
        wrong revision it decides again, five times in all; with `expected` (a person's If-Match) never.
        Raises Rejected, KeyReused, WrongRevision and the store's errors.
        """
        for _ in range(1 if expected is not None else TRIES):
            try:
                return await self.try_once(command, because, expected)
            except WrongRevision as error:
                conflict = error
        raise conflict

    async def state(self) -> S:
        """Fold the stream; the initial state where there is none."""
        return (await self.now()).state

    async def try_once(self, command: C, because: Because, expected: int | None) -> Outcome[S, E]:
        now = await self.now()
        if before := await self.caused_before(now, because):
            return self.repeated(now, before)
        if expected not in {None, now.revision}:
            raise WrongRevision(self.name, expected, now.revision)
        events = self.category.decider.decide(command, now.state)
        if not events:
            return Outcome(self.name, now.revision, now.position, now.state, ())
        return await self.append(now.state, events, because, now.revision)

    async def now(self) -> Folded[S]:
        """Fold the stream; where it is long, and was folded before, only what came since.

        A page begins with the last known event: where that is another one, the store was put back, and all is read.
        """
        known, more = self.known(), True
        while more:
            page = await self.store.read(self.name, max(known.revision - 1, -1), PAGE)
            overlap = len(known.end)
            is_same = page[:overlap] == known.end
            known = self.onward(known, page[overlap:]) if is_same else self.unread()
            more = len(page) == PAGE or not is_same
        if self.category.long:
            kept(self.store).put(self.name, known)
        return known

    def known(self) -> Folded[S]:
        known = kept(self.store).streams.get(self.name) if self.category.long else None
        return known or self.unread()

    def unread(self) -> Folded[S]:
        return Folded(self.category.decider.initial)

    async def append(self, state: S, events: Sequence[E], because: Because, revision: int) -> Outcome[S, E]:
        new = [self.new_event(event, n, because) for n, event in enumerate(events)]
        appended = await self.store.append(self.name, new, NO_STREAM if revision < 0 else revision)
        after = reduce(self.category.decider.evolve, events, state)
        return Outcome(self.name, appended.revision, appended.position, after, events)

    def new_event(self, event: E, n: int, because: Because) -> NewEvent:
        type_name, data = self.category.codec.encode(event)
        if WRITTEN_NUL in data and NUL.search(data):
            raise Rejected("A text holds a NUL character, which nobody can see; leave it out.")
        self.check_published(event)
        return NewEvent(because.event_id(self.name, n), type_name, data, because.metadata())

    def check_published(self, event: E) -> None:
        """Refuse what goes beyond the published language: once recorded, it would keep the relay for ever."""
        try:
            self.publish(event)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise Rejected(
                "This cannot be told to the others: {where}: {why}.", where=where, why=first["msg"]
            ) from error

    def onward(self, known: Folded[S], fresh: Sequence[RecordedEvent]) -> Folded[S]:
        """Fold events onto what is known of the stream."""
        for event in fresh:
            known.note(event)
        state = reduce(self.category.decider.evolve, map(self.category.decode, fresh), known.state)
        return Folded(state, fresh[-1] if fresh else known.last, known.causes)

    async def caused_before(self, now: Folded[S], because: Because) -> list[RecordedEvent]:
        """Find the events of the same cause; raises KeyReused where the key came with another body."""
        name, value = ("causation", because.causation) if because.causation else ("key", because.key)
        if not value or value not in now.causes:
            return []
        first, last = now.causes[value]
        events = await self.store.read(self.name, first - 1, last - first + 1)
        before = [event for event in events if event.metadata.get(name) == value]
        if before and name == "key" and before[0].metadata.get("body_hash", "") != because.body_hash:
            raise KeyReused("This Idempotency-Key was used before with another body or request; take a new key.")
        return before

    def repeated(self, now: Folded[S], before: Sequence[RecordedEvent]) -> Outcome[S, E]:
        last, events = before[-1], [self.category.decode(event) for event in before]
        return Outcome(self.name, last.revision, last.position, now.state, events, repeated=True)
