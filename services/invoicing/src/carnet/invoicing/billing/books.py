"""The books of the journal: whichever process posts or closes, a book's own stream decides what still goes into it.

Closing or reopening a month ends the book that is open. The book with number n holds what was posted after n closings
and reopenings. An entry is looked for from the book on that was open when it came about, so that it is posted once.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

from carnet.invoicing.domain.posting import BookEnded, Command, EndBook, Event, Post, State, posting
from carnet.invoicing.streams import POSTINGS
from carnet.kernel.because import Because, derived_id
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent, WrongRevision
from carnet.kernel.streams import TRIES

PAGE = 500  # events


@dataclass
class Book:
    """One book, as far as it was read."""

    revision: int = -1
    entries: set[UUID] = field(default_factory=set)
    ended: bool = False

    def state(self, command: Command) -> State:
        """Give as much of the book's state as the decision looks at."""
        asked = {command.entry_id} if isinstance(command, Post) else set()
        return State(frozenset(self.entries & asked), self.ended)

    def is_done_with(self, entry: Post) -> bool:
        """Say whether an entry can go into this book no more, since the book has ended without it."""
        return self.ended and entry.entry_id not in self.entries

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            self.revision += 1
            self.ended = self.ended or isinstance(event, BookEnded)
            self.entries |= set() if isinstance(event, BookEnded) else {event.entry_id}


@dataclass
class Books:
    """The books of one store; the two newest that were looked at are kept, so that each is read once."""

    store: EventStore
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    kept: dict[int, Book] = field(default_factory=dict)

    async def post(self, number: int, entry: Post, because: Because) -> bool:
        """Post an entry into a book, once; False where the book has ended without it."""
        async with self.turn:
            return await self.decided(number, entry, because)

    async def end(self, number: int, because: Because) -> None:
        """End a book, once."""
        async with self.turn:
            await self.decided(number, EndBook(book=number), because)

    async def decided(self, number: int, command: Command, because: Because) -> bool:
        """Give a command to a book; where another process was faster, the rest is read and decided again."""
        for _ in range(TRIES):
            book = await self.read_on(number)
            if isinstance(command, Post) and book.is_done_with(command):
                return False
            events = posting.decide(command, book.state(command))
            try:
                await self.append(number, book, events, because)
            except WrongRevision as error:
                conflict = error
            else:
                return True
        raise conflict

    async def append(self, number: int, book: Book, events: list[Event], because: Because) -> None:
        new = [NewEvent(event_id(each), *POSTINGS.codec.encode(each), because.metadata()) for each in events]
        if new:
            expected = NO_STREAM if book.revision < 0 else book.revision
            await self.store.append(POSTINGS.stream(number), new, expected)
            book.take(events)

    async def read_on(self, number: int) -> Book:
        book = self.kept.setdefault(number, Book())
        while page := await self.store.read(POSTINGS.stream(number), book.revision, PAGE):
            book.take(POSTINGS.decode(each) for each in page)
        self.kept = {n: self.kept[n] for n in sorted(self.kept)[-2:]}
        return book


def event_id(event: Event) -> UUID:
    """Give an event's id: each entry stands once in a book, and each book ends once."""
    return derived_id("ended", event.book) if isinstance(event, BookEnded) else derived_id("posted", event.entry_id)


BOOKS_OF: WeakKeyDictionary[EventStore, Books] = WeakKeyDictionary()


def books(runtime: Runtime) -> Books:
    """Give the books of a running service."""
    store = runtime.engines.store
    return BOOKS_OF.setdefault(store, Books(store))
