"""What debtors owe: those with open items, one debtor's account, and the money that comes in."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing.accounts import account_of, named_by, spread_over
from carnet.invoicing.billing.journal import chart, open_day
from carnet.invoicing.billing.letterhead import terms_of
from carnet.invoicing.domain.posting import JournalPosted, balance
from carnet.invoicing.domain.receivables import RecordPayment
from carnet.invoicing.pages.figures import figure
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import items, journal, parties
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.web.answer import told
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()
LAST: Final = 50  # movements on an account
CAME: Final = told("Enter the amount that came, as 735.35.")


@router.get("/pages/open-items", dependencies=[CaughtUp])
async def show_debtors(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    owed = await runtime.query(items.owed)
    names = await runtime.query(lambda session: parties.names(session, [each.debtor_id for each in owed]))
    return PAGES.render(request, "debtors.html", owed=owed, names=names, **WORDS)


@router.get("/pages/debtors/{party_id}", dependencies=[CaughtUp])
async def show_account(
    request: Request, party_id: str, runtime: RuntimeDep, _: Identified, dated: date | None = None
) -> HTMLResponse:
    """Show what a debtor owes, on which terms, and what moved on its account.

    `dated` is the day of a payment that was just recorded: the page says where it is posted elsewhere.
    """
    party = await runtime.query(lambda session: parties.one(session, party_id))
    entries = await runtime.query(lambda session: journal.of_debtor(session, party_id, LAST))
    moves = [move for row in entries if (move := move_of(row.whole, chart(runtime).receivables))]
    account = await account_of(runtime, party_id)
    open_items = [item.item_id for item in account.items]
    values: dict[str, Any] = {
        "account": account,
        "terms": await terms_of(runtime, party_id),
        "party": party,
        "name": party.name if party else party_id,
        "moves": moves,
        "posted": await runtime.query(lambda session: journal.of_invoices(session, open_items)),
        "last": LAST,
        "paid": (dated, await open_day(runtime, dated)) if dated else None,
    }
    return PAGES.render(request, "account.html", **values, **WORDS)


class Move(NamedTuple):
    """An entry of the journal, and what it adds to the debt."""

    entry: JournalPosted
    amount: Decimal


def move_of(entry: JournalPosted, receivables: str) -> Move | None:
    """Give what an entry moves on the account of receivables, None where it moves nothing there."""
    amount = balance(tuple(line for line in entry.lines if line.account == receivables))
    return Move(entry, amount) if amount else None


@router.post("/pages/debtors/{party_id}/payments")
async def receive_payment(
    party_id: str,
    amount: Annotated[str, Form()],
    received_on: Annotated[date, Form()],
    commands: Commands,
    _: Bookkeeper,
    invoices: Annotated[list[UUID] | None, Form()] = None,
    reference: Annotated[str, Form(max_length=40)] = "",
    currency: Annotated[str, Form(pattern="^[A-Z]{3}$")] = "CHF",
) -> RedirectResponse:
    paid = figure(amount, CAME)
    named = await named_by(commands.runtime, party_id, reference, invoices)
    command = RecordPayment(
        payment_id=UUID(commands.new_id()),
        paid_on=received_on,
        currency=currency,
        amount=paid,
        wanted=await spread_over(commands.runtime, party_id, paid, named),
    )
    answer = await commands.send(RECEIVABLES, party_id, command)
    return RedirectResponse(f"/invoicing/pages/debtors/{party_id}?dated={received_on}&after={answer.token}", 303)
