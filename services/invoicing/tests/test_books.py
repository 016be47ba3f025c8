"""A closed month is closed for every process: a book's own stream decides what still goes into it."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from carnet.invoicing.app import build
from carnet.invoicing.billing import journal
from carnet.invoicing.billing.books import Books
from carnet.invoicing.billing.journal import close
from carnet.invoicing.domain.closing import CloseMonth
from carnet.invoicing.domain.entry import EntryLine
from carnet.invoicing.domain.posting import BookEnded, EndBook, JournalPosted, Post, posting
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import CLOSING
from carnet.kernel.because import Because
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.testing import Given
from carnet.kernel.trial import trial

WHY = Because("test", "test")
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
given = Given(posting)


def entry(n: int = 1, dated: date = JANUARY, newest_closed: date | None = None) -> Post:
    sides = (EntryLine(account="1020", debit=Decimal(100)), EntryLine(account="1100", credit=Decimal(100)))
    told: dict[str, Any] = {"source": "payment", "debtor_id": "K1", "currency": "CHF", "lines": sides}
    return Post(entry_id=UUID(int=n), dated=dated, newest_closed=newest_closed, **told)


def test_nothing_goes_into_a_book_that_has_ended() -> None:
    (posted,) = given().when(entry())
    assert given(posted).when(EndBook(book=0)) == [BookEnded(book=0)]
    assert given(posted, BookEnded(book=0)).when(EndBook(book=0)) == []
    assert given(posted, BookEnded(book=0)).when(entry()) == []
    given(posted, BookEnded(book=0)).refuses(entry(2), because="Post it into the next book")


async def test_the_process_that_is_slower_than_the_end_of_a_book_sees_that_it_has_ended() -> None:
    store = MemoryEventStore()
    here, there = Books(store), Books(store)
    assert await here.post(0, entry(1), WHY)
    await there.end(0, WHY)
    assert not await here.post(0, entry(2), WHY)
    assert await here.post(0, entry(1), WHY)
    assert [each.type for each in await store.read("journal-0")] == ["journal-posted.v1", "book-ended.v1"]


class Overtaken:
    """A store in which something else happens just before the first append to a stream."""

    def __init__(self, store: Any, stream: str, first: Callable[[], Awaitable[object]]) -> None:
        self.store, self.stream, self.first = store, stream, first
        self.done = False

    async def append(self, stream: str, *rest: Any) -> Any:
        if stream.startswith(self.stream) and not self.done:
            self.done = True
            await self.first()
        return await self.store.append(stream, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def test_an_end_that_comes_between_reading_and_appending_is_seen() -> None:
    store = MemoryEventStore()
    overtaken: Any = Overtaken(store, "journal-0", lambda: Books(store).end(0, WHY))
    assert not await Books(overtaken).post(0, entry(), WHY)
    assert [each.type for each in await store.read("journal-0")] == ["book-ended.v1"]


async def january_closes(runtime: Runtime) -> None:
    await close(runtime, CloseMonth(month=JANUARY, closed_on=FEBRUARY), WHY, None)


async def posted(runtime: Runtime) -> list[JournalPosted]:
    stored = [each for each in await runtime.engines.store.read_all() if each.type == "journal-posted.v1"]
    return [JournalPosted.model_validate_json(each.data) for each in stored]


async def head(runtime: Runtime) -> int:
    return int(await runtime.engines.store.head() or 0)


async def test_what_one_replica_is_posting_while_another_closes_the_month_goes_to_the_next_open_day(
    settings: InvoicingSettings, made_firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other replica has looked for what is to be posted just before this came, so it does not wait for it."""

    async def looked_before(_: Runtime) -> None:
        """Find all that it saw posted."""

    async with trial(invoicing=build(settings)) as here, trial(invoicing=build(settings)) as there:
        firm = made_firm(here)
        await firm.open()
        await firm.sign(firm.version(1, firm.lift_a))
        monkeypatch.setattr(journal, "all_posted", looked_before)
        runtimes = [suite.runtime("invoicing") for suite in (here, there)]
        posts, closes = sorted(runtimes, key=lambda runtime: runtime.consuming.at_work is None)
        overtaken = Overtaken(posts.engines.store, "journal-", partial(january_closes, closes))
        monkeypatch.setattr(posts.engines, "store", overtaken)
        await firm.run(JANUARY)
        (entry,) = await posted(here.runtime("invoicing"))
        assert (entry.dated, entry.posted_on) == (JANUARY, FEBRUARY)


async def test_a_closing_that_was_cut_off_before_it_ended_the_book_is_finished_by_who_posts_next(
    settings: InvoicingSettings, made_firm: Any
) -> None:
    async with trial(invoicing=build(settings)) as suite:
        runtime = suite.runtime("invoicing")
        await made_firm(suite).open()
        before = await head(runtime)
        await runtime.handle(CLOSING, journal.BOOKS, CloseMonth(month=JANUARY, closed_on=FEBRUARY), WHY)
        await journal.post(runtime, entry(), before, WHY)
        (event,) = await posted(runtime)
        assert event.posted_on == FEBRUARY
        assert [each.type for each in await runtime.engines.store.read("journal-0")] == ["book-ended.v1"]


async def test_an_entry_that_comes_again_after_a_closing_is_not_posted_twice(
    settings: InvoicingSettings, made_firm: Any
) -> None:
    async with trial(invoicing=build(settings)) as suite:
        runtime = suite.runtime("invoicing")
        await made_firm(suite).open()
        came = await head(runtime)
        await journal.post(runtime, entry(), came, WHY)
        await january_closes(runtime)
        await journal.post(runtime, entry(), came, WHY)
        await journal.post(runtime, entry(2), came, WHY)
        assert [each.posted_on for each in await posted(runtime)] == [JANUARY, FEBRUARY]
