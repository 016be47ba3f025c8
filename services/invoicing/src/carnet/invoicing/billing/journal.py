"""The journal: entries are posted into open months, and months are closed."""

import asyncio
from collections.abc import Sequence
from datetime import date

from carnet.invoicing.billing.books import books
from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.domain.chart import Chart
from carnet.invoicing.domain.closing import Command, Event, State, posting_day
from carnet.invoicing.domain.posting import Post
from carnet.invoicing.streams import CLOSING
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import RecordedEvent
from carnet.kernel.streams import Outcome

POSTED = "what moves money is posted into the journal"
PATIENCE = 10.0  # seconds that a closing waits for what is still to be posted
LOOK_AGAIN = 0.02  # seconds
BOOKS = "books"  # the one stream of closed months


def chart(runtime: Runtime) -> Chart:
    return house(runtime).chart


async def newest_closed(runtime: Runtime) -> date | None:
    """Give the first day of the newest closed month, None while all are open."""
    return (await runtime.state(CLOSING, BOOKS)).newest


async def closings(runtime: Runtime) -> Sequence[RecordedEvent]:
    """Give the closings and reopenings; each of them has ended a book, or is about to."""
    return await runtime.engines.store.read(CLOSING.stream(BOOKS))


def closed_by(ended: Sequence[RecordedEvent]) -> date | None:
    """Give the first day of the newest month that is closed after some closings."""
    return CLOSING.decider.fold([CLOSING.decode(each) for each in ended]).newest


async def post(runtime: Runtime, entry: Post, position: int, because: Because) -> None:
    """Post an entry on its day, or on the first day of the next open month.

    `position` is that of the event which it tells of: earlier books cannot hold the entry.
    """
    ended = await closings(runtime)
    book = sum(each.position < position for each in ended)
    while not await posted(runtime, entry, book, ended, because):
        book, ended = book + 1, await closings(runtime)


async def posted(runtime: Runtime, entry: Post, book: int, ended: Sequence[RecordedEvent], because: Because) -> bool:
    """Post an entry into a book; False where it has ended, also by a closing that was cut off before it ended it."""
    if book < len(ended):
        await books(runtime).end(book, because)
    command = entry.model_copy(update={"newest_closed": closed_by(ended[:book])})
    return await books(runtime).post(book, command, because)


async def close(runtime: Runtime, command: Command, because: Because, expected: int | None) -> Outcome[State, Event]:
    """Close or reopen a month; what happened before is posted first, and nothing goes into the old book behind it."""
    await all_posted(runtime)
    await end_book(runtime, because)
    outcome = await runtime.handle(CLOSING, BOOKS, command, because, expected=expected)
    await end_book(runtime, because)
    return outcome


async def end_book(runtime: Runtime, because: Because) -> None:
    """End the book that the newest closing has closed, if it is not ended."""
    if closed := len(await closings(runtime)):
        await books(runtime).end(closed - 1, because)


async def all_posted(runtime: Runtime) -> None:
    """Wait until all that the store holds now is posted; raises Rejected when that takes too long."""
    head, deadline = await runtime.engines.store.head(), asyncio.get_running_loop().time() + PATIENCE
    for reactor in runtime.reactors:
        while head is not None and reactor.reaction.name == POSTED and not await reactor.has_come_to(head):
            if asyncio.get_running_loop().time() > deadline:
                raise Rejected("Entries are still being posted; close the month again in a moment.")
            await asyncio.sleep(LOOK_AGAIN)


async def open_day(runtime: Runtime, day: date) -> date:
    """Give the day on which something of a day is posted."""
    return posting_day(day, await newest_closed(runtime))


def moved(dated: date, posted_on: date) -> str | None:
    """Say why something is posted on another day than its own."""
    return None if posted_on == dated else f"{dated:%Y-%m} is closed: posted on {posted_on}, the next open day."
