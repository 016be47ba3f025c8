"""The books: entries are posted into open months, and months are closed.

Who posts or closes has the turn in this process, so that no entry slips into a month while it is being closed. Another
process that closes a month in the same instant may meet an entry that was decided on just before.
"""

import asyncio
from datetime import date
from weakref import WeakKeyDictionary

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.domain.chart import Chart
from carnet.invoicing.domain.closing import Command, Event, State, posting_day
from carnet.invoicing.domain.posting import Post
from carnet.invoicing.streams import CLOSING, POSTINGS
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import EventStore
from carnet.kernel.streams import Outcome

POSTED = "what moves money is posted into the journal"
PATIENCE = 10.0  # seconds that a closing waits for what is still to be posted
LOOK_AGAIN = 0.02  # seconds
BOOKS = "books"  # the one stream of closed months
TURNS: WeakKeyDictionary[EventStore, asyncio.Lock] = WeakKeyDictionary()


def turn(runtime: Runtime) -> asyncio.Lock:
    return TURNS.setdefault(runtime.engines.store, asyncio.Lock())


def chart(runtime: Runtime) -> Chart:
    return house(runtime).chart


async def newest_closed(runtime: Runtime) -> date | None:
    """Give the first day of the newest closed month, None while all are open."""
    return (await runtime.state(CLOSING, BOOKS)).newest


async def post(runtime: Runtime, entry: Post, because: Because) -> None:
    """Post an entry on its day, or on the first day of the next open month."""
    async with turn(runtime):
        command = entry.model_copy(update={"newest_closed": await newest_closed(runtime)})
        await runtime.handle(POSTINGS, entry.entry_id, command, because)


async def close(runtime: Runtime, command: Command, because: Because, expected: int | None) -> Outcome[State, Event]:
    """Close or reopen a month; what happened before is posted first."""
    await all_posted(runtime)
    async with turn(runtime):
        return await runtime.handle(CLOSING, BOOKS, command, because, expected=expected)


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
