"""Goodwill credits: a person gives back a part of an invoice (R8)."""

from decimal import Decimal
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from carnet.invoicing.api.bodies import Body, Bookkeeper
from carnet.invoicing.api.posted import PostedAnswer, on_its_day
from carnet.invoicing.billing.crediting import Creditable, creditable, granting
from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.billing.entries import Amount, Day, Text
from carnet.invoicing.streams import GOODWILL
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["invoices"])
Rate: TypeAlias = Annotated[Decimal, Field(ge=0, le=100)]


class Goodwill(Body):
    """Net amounts that are given back: by line id in `lines`, or by VAT rate in percent in `rates`."""

    reason: Text
    lines: dict[str, Amount] = Field(default_factory=dict, max_length=500)
    rates: dict[Rate, Amount] = Field(default_factory=dict, max_length=20)
    date: Day | None = None


@router.get("/invoices/{document_id}/goodwill", dependencies=[CaughtUp])
async def left(document_id: UUID, runtime: RuntimeDep, _: Identified) -> list[Creditable]:
    """List the lines of an invoice of which something is left to give back."""
    return await creditable(runtime, await existing(runtime, document_id))


@router.post("/invoices/{document_id}/goodwill", status_code=201)
async def grant(document_id: UUID, body: Goodwill, commands: Commands, _: Bookkeeper) -> PostedAnswer:
    """Give back a part of an invoice: a credit note is issued that names each line it corrects.

    The answer's id is the credit note's. It follows from the Idempotency-Key, so that a credit that is sent again is
    granted once.
    """
    row = await existing(commands.runtime, document_id)
    credit_id, day = commands.new_id(), body.date or commands.runtime.today()
    command = await granting(
        commands.runtime, row, UUID(credit_id), day, body.reason, by_line=body.lines, by_rate=body.rates
    )
    answer = commands.answer(credit_id, await commands.handle(GOODWILL, document_id, command))
    return await on_its_day(commands.runtime, answer, day)
