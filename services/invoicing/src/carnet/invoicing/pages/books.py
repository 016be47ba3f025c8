"""The books: a month of the journal, what stands on the accounts, the month's closing and the release of fees."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing.deferring import release
from carnet.invoicing.billing.journal import close, newest_closed
from carnet.invoicing.domain.closing import CloseMonth, ReopenMonth, first_of, month_end
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import journal
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified

router = APIRouter()


@router.get("/pages/journal", dependencies=[CaughtUp])
async def show_journal(
    request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, month: date | None = None
) -> HTMLResponse:
    """Show a month of the journal: the one that is asked for, or the business day's."""
    first = first_of(month or runtime.today())
    days = first, month_end(first)
    rows = await runtime.query(lambda session: journal.listed(session, days, asked.after, asked.limit + 1))
    sums = await runtime.query(lambda session: journal.turnovers(session, days))
    newest = await newest_closed(runtime)
    state = {"closed": newest is not None and first <= newest, "newest": first == newest}
    shown: dict[str, Any] = {"month": first, "sums": sums, "state": state, "first": not asked.after}
    shown |= {"page": asked.page(rows, key=journal.sort_key), "newest": newest and month_end(newest)}
    shown |= {"elsewhere": await runtime.query(lambda session: journal.elsewhere(session, days))}
    return PAGES.render(request, "journal.html", **shown, **WORDS)


@router.post("/pages/journal/close")
async def close_month(month: Annotated[date, Form()], commands: Commands, _: Bookkeeper) -> RedirectResponse:
    command = CloseMonth(month=month, closed_on=commands.runtime.today())
    await close(commands.runtime, command, commands.because, commands.expected)
    return RedirectResponse(f"/invoicing/pages/journal?month={month}", 303)


@router.post("/pages/journal/reopen")
async def reopen_month(month: Annotated[date, Form()], commands: Commands, _: Bookkeeper) -> RedirectResponse:
    command = ReopenMonth(month=month, reopened_on=commands.runtime.today())
    await close(commands.runtime, command, commands.because, commands.expected)
    return RedirectResponse(f"/invoicing/pages/journal?month={month}", 303)


@router.post("/pages/journal/release")
async def release_fees(month: Annotated[date, Form()], commands: Commands, _: Bookkeeper) -> RedirectResponse:
    """Release what the fees have earned by the end of a month."""
    await release(commands.runtime, month_end(month), commands.because)
    return RedirectResponse(f"/invoicing/pages/journal?month={month}", 303)
