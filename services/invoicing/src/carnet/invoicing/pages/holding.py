"""What a bookkeeper does with an open invoice: keep it out of the reminders, or pay it with what is in favour (R11)."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from carnet.invoicing.billing.entries import Text
from carnet.invoicing.domain.receivables import Command, HoldInvoice, ReleaseHold, UseFavour
from carnet.invoicing.pages.look import Bookkeeper
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.web.commands import Commands

router = APIRouter(prefix="/pages/debtors/{party_id}")
Invoice = Annotated[UUID, Form()]


@router.post("/hold")
async def hold(
    party_id: str,
    invoice: Invoice,
    hold: Annotated[Literal["disputed", "parked"], Form()],
    reason: Annotated[Text, Form()],
    commands: Commands,
    _: Bookkeeper,
) -> RedirectResponse:
    return await done(commands, party_id, HoldInvoice(invoice_id=invoice, hold=hold, reason=reason))


@router.post("/release")
async def release(party_id: str, invoice: Invoice, commands: Commands, _: Bookkeeper) -> RedirectResponse:
    return await done(commands, party_id, ReleaseHold(invoice_id=invoice))


@router.post("/set-off")
async def set_off(party_id: str, invoice: Invoice, commands: Commands, _: Bookkeeper) -> RedirectResponse:
    command = UseFavour(invoice_id=invoice, used_on=commands.runtime.today())
    return await done(commands, party_id, command)


async def done(commands: Commands, party_id: str, command: Command) -> RedirectResponse:
    answer = await commands.send(RECEIVABLES, party_id, command)
    return RedirectResponse(f"/invoicing/pages/debtors/{party_id}?after={answer.token}", 303)
