"""A part of an invoice is given back, from the form on its page (R8)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from carnet.invoicing.billing.crediting import granting
from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.pages.figures import figure
from carnet.invoicing.pages.look import Bookkeeper
from carnet.invoicing.streams import GOODWILL
from carnet.kernel.because import derived_id
from carnet.kernel.web.commands import Commands

router = APIRouter()


@router.post("/pages/documents/{document_id}/goodwill")
async def give_back(  # each field of the form is a parameter
    document_id: UUID,
    once: Annotated[str, Form(max_length=100)],
    reason: Annotated[str, Form(max_length=500)],
    line: Annotated[list[str], Form()],
    amount: Annotated[list[str], Form()],
    commands: Commands,
    _: Bookkeeper,
) -> RedirectResponse:
    """Grant the amounts that were entered beside the lines; the same form sent twice grants them once."""
    row = await existing(commands.runtime, document_id)
    wanted = {each: figure(told) for each, told in zip(line, amount, strict=False) if told.strip()}
    credit_id, day = derived_id("goodwill", document_id, once), commands.runtime.today()
    command = await granting(commands.runtime, row, credit_id, day, reason, by_line=wanted, by_rate={})
    answer = commands.answer(credit_id, await commands.handle(GOODWILL, document_id, command))
    return RedirectResponse(f"/invoicing/pages/documents/{document_id}?after={answer.token}", 303)
