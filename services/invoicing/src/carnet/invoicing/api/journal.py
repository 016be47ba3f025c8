"""The journal, the closed months and the release of fees that are earned (R12)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Bookkeeper, Dated
from carnet.invoicing.api.runs import refuse_while_reading
from carnet.invoicing.billing.deferring import release
from carnet.invoicing.billing.entries import Day
from carnet.invoicing.billing.journal import BOOKS, close, moved, newest_closed
from carnet.invoicing.domain.closing import CloseMonth, ReopenMonth, next_month
from carnet.invoicing.domain.entry import EntryLine
from carnet.invoicing.read_models import journal
from carnet.invoicing.read_models.journal import EntryRow
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["books"])
Month: TypeAlias = Annotated[str, Path(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")]
From: TypeAlias = Annotated[Day, Query(alias="from")]
To: TypeAlias = Annotated[Day, Query(alias="to")]


class Entry(BaseModel):
    """An entry of the journal; `note` says why it is posted on another day than its own."""

    entry_id: UUID
    source: Literal["invoice", "credit_note", "void", "payment", "reminder", "release"]
    reference: str
    document_id: UUID | None
    debtor_id: str
    currency: str
    dated: date
    posted_on: date
    note: str | None
    lines: list[EntryLine]


class Turnover(BaseModel):
    """What was posted on an account."""

    account: str
    currency: str
    debit: Decimal
    credit: Decimal


class Months(BaseModel):
    """`closed_until` is the last day of the newest closed month; `open_from` the first day that is open."""

    closed_until: date | None
    open_from: date | None


class Release(BaseModel):
    """What of the fees was earned by `until` and not yet released, by currency, and of how many documents."""

    until: date
    documents: int
    released: dict[str, Decimal]


@router.get("/journal", dependencies=[CaughtUp])
async def entries(  # each filter is a parameter
    request: Request,
    response: Response,
    first_day: From,
    last_day: To,
    asked: Listed,
    runtime: RuntimeDep,
    _: Identified,
) -> Page[Entry]:
    """List the entries posted on some days, in the order of these."""
    days = first_day, last_day
    rows = await runtime.query(lambda session: journal.listed(session, days, asked.after, asked.limit + 1))
    page = asked.page(rows, key=journal.sort_key)
    link_next(request, response, page)
    return Page[Entry](items=[entry(row) for row in page.items], next=page.next)


def entry(row: EntryRow) -> Entry:
    posted = row.whole
    note = moved(posted.dated, posted.posted_on)
    return Entry.model_validate({**posted.model_dump(exclude={"type"}), "note": note})


@router.get("/journal/balances", dependencies=[CaughtUp])
async def balances(first_day: From, last_day: To, runtime: RuntimeDep, _: Identified) -> list[Turnover]:
    """Give debit and credit of each account over some days."""
    found = await runtime.query(lambda session: journal.turnovers(session, (first_day, last_day)))
    return [Turnover.model_validate(each, from_attributes=True) for each in found]


@router.get("/months")
async def months(runtime: RuntimeDep, _: Identified) -> Months:
    """Say up to which day the books are closed."""
    newest = await newest_closed(runtime)
    opened = next_month(newest) if newest else None
    return Months(closed_until=opened - timedelta(days=1) if opened else None, open_from=opened)


@router.post("/months/{month}/close")
async def close_month(month: Month, commands: Commands, _: Bookkeeper) -> Answer:
    """Close a month that is over: what bears a day in it is posted on the first open day after it."""
    command = CloseMonth(month=date.fromisoformat(f"{month}-01"), closed_on=commands.runtime.today())
    return commands.answer(BOOKS, await close(commands.runtime, command, commands.because, commands.expected))


@router.post("/months/{month}/reopen")
async def reopen_month(month: Month, commands: Commands, _: Bookkeeper) -> Answer:
    """Reopen the newest closed month; what was posted elsewhere meanwhile stays where it is."""
    command = ReopenMonth(month=date.fromisoformat(f"{month}-01"), reopened_on=commands.runtime.today())
    return commands.answer(BOOKS, await close(commands.runtime, command, commands.because, commands.expected))


@router.post("/releases")
async def release_fees(body: Dated, commands: Commands, _: Bookkeeper) -> Release:
    """Release what the fees have earned by the newest month end, month by month; once more releases nothing."""
    await refuse_while_reading(commands.runtime)
    done = await release(commands.runtime, body.date or commands.runtime.today(), commands.because)
    return Release(until=done.until, documents=done.documents, released=done.amounts)
