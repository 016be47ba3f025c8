"""Each document, payment, reminder and release is posted into the journal once, on an open day."""

from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

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


class Post(BaseModel, frozen=True):
    """Post an entry; `newest_closed` is the first day of the newest closed month, if there is one."""

    entry_id: UUID
    source: Source
    reference: str = ""
    document_id: UUID | None = None
    debtor_id: str
    currency: str
    dated: date
    lines: tuple[EntryLine, ...]
    newest_closed: date | None = None


Event: TypeAlias = JournalPosted
Command: TypeAlias = Post
State: TypeAlias = JournalPosted | None


def balance(lines: tuple[EntryLine, ...]) -> Decimal:
    """Debit less credit."""
    return sum((line.debit - line.credit for line in lines), NOTHING)


def decide(command: Command, state: State) -> list[Event]:
    if state is not None or not command.lines:
        return []
    if balance(command.lines) != 0:
        raise Rejected(f"Post {command.reference or command.entry_id} with equal debit and credit.")
    posted_on = posting_day(command.dated, command.newest_closed)
    return [JournalPosted(**command.model_dump(exclude={"newest_closed"}), posted_on=posted_on)]


def evolve(_: State, event: Event) -> State:
    return event


posting = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
