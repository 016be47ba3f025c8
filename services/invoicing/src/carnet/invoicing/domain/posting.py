"""Each document, payment, reminder and release is posted into the journal once, on an open day.

The journal is a row of books: one ends where a month is closed or reopened, and the next one begins. That is why no
entry slips into a month that is being closed: it is decided in the book, which has ended or has not.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import BaseModel, Field

from carnet.invoicing.domain.closing import posting_day
from carnet.invoicing.domain.entry import EntryLine
from carnet.invoicing.domain.money import NOTHING
from carnet.kernel.decider import Decider, Rejected

Source: TypeAlias = Literal["invoice", "credit_note", "void", "payment", "reminder", "release"]


class JournalPosted(BaseModel, frozen=True):
    """An entry of the journal. `dated` is the day of what is posted; `posted_on` is later where that month is closed.

    `reference` is the number of the document, empty for a payment.
    """

    type: Literal["journal-posted.v1"] = "journal-posted.v1"
    entry_id: UUID
    source: Source
    reference: str
    document_id: UUID | None = None
    debtor_id: str
    currency: str
    dated: date
    posted_on: date
    lines: tuple[EntryLine, ...]


class BookEnded(BaseModel, frozen=True):
    """Nothing is posted into this book any more; the next one knows of the month that was closed or reopened."""

    type: Literal["book-ended.v1"] = "book-ended.v1"
    book: int


class Post(BaseModel, frozen=True):
    """Post an entry; `newest_closed` is the first day of the newest month that was closed when the book began."""

    entry_id: UUID
    source: Source
    reference: str = ""
    document_id: UUID | None = None
    debtor_id: str
    currency: str
    dated: date
    lines: tuple[EntryLine, ...]
    newest_closed: date | None = None


class EndBook(BaseModel, frozen=True):
    book: int


Event: TypeAlias = Annotated[JournalPosted | BookEnded, Field(discriminator="type")]
Command: TypeAlias = Post | EndBook


@dataclass(frozen=True)
class State:
    """A book: the entries that stand in it, and whether it has ended."""

    entries: frozenset[UUID] = frozenset()
    ended: bool = False


def balance(lines: tuple[EntryLine, ...]) -> Decimal:
    """Debit less credit."""
    return sum((line.debit - line.credit for line in lines), NOTHING)


def post(command: Post, state: State) -> list[Event]:
    if command.entry_id in state.entries or not command.lines:
        return []
    if state.ended:
        raise Rejected("Post it into the next book: a month was closed or reopened meanwhile.")
    if balance(command.lines) != 0:
        raise Rejected("Post {entry} with equal debit and credit.", entry=command.reference or command.entry_id)
    posted_on = posting_day(command.dated, command.newest_closed)
    return [JournalPosted(**command.model_dump(exclude={"newest_closed"}), posted_on=posted_on)]


def end(command: EndBook, state: State) -> list[Event]:
    return [] if state.ended else [BookEnded(book=command.book)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Post():
            return post(command, state)
        case EndBook():
            return end(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case JournalPosted(entry_id=entry_id):
            return replace(state, entries=state.entries | {entry_id})
        case BookEnded():
            return replace(state, ended=True)
        case _:
            assert_never(event)


posting = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
