"""Invoices, credit notes and reminders: lists, single documents, their PDF, voiding and holding them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from carnet.invoicing.api.bodies import Body, Bookkeeper, Dated
from carnet.invoicing.api.posted import PostedAnswer, on_its_day
from carnet.invoicing.billing.document_view import (
    DocumentView,
    WholeDocument,
    documents_page,
    existing,
    voiding,
    whole,
)
from carnet.invoicing.billing.entries import Day, Text
from carnet.invoicing.billing.rendering import render_again
from carnet.invoicing.domain.receivables import HoldInvoice, ReleaseHold, UseFavour
from carnet.invoicing.read_models.document_queries import Filter
from carnet.invoicing.streams import DOCUMENTS, RECEIVABLES
from carnet.kernel.decider import Rejected
from carnet.kernel.documents.port import Digest
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["invoices"])


class Void(Body):
    """Why a document no longer counts; without a date it is voided on the business day."""

    reason: Text
    date: Day | None = None


class Hold(Body):
    hold: Literal["disputed", "parked"]
    reason: Text


@router.get("/invoices", dependencies=[CaughtUp])
async def list_documents(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    wanted: Annotated[Filter, Depends()],
    _: Identified,
) -> Page[DocumentView]:
    """List documents, the newest first; `open=true` gives invoices that are not paid."""
    page = await documents_page(runtime, wanted, asked)
    link_next(request, response, page)
    return page


@router.get("/invoices/{document_id}", dependencies=[CaughtUp])
async def get_document(document_id: UUID, runtime: RuntimeDep, _: Identified) -> WholeDocument:
    """Give one document, whole."""
    row = await existing(runtime, document_id)
    return await runtime.query(lambda session: whole(session, row))


@router.get("/invoices/{document_id}/pdf", dependencies=[CaughtUp])
async def get_pdf(document_id: UUID, runtime: RuntimeDep, _: Identified) -> Response:
    """Give the document's PDF, as it was rendered when it was issued."""
    row = await existing(runtime, document_id)
    if row.sha256 is None:
        raise Rejected(row.unrendered or "The PDF of this document is being made; open it again in a moment.")
    content = await runtime.documents.get(Digest(row.sha256))
    headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.post("/invoices/{document_id}/render")
async def render(document_id: UUID, commands: Commands, _: Bookkeeper) -> Answer:
    """Try to render a document that could not be; one that has its file keeps it."""
    row = await existing(commands.runtime, document_id)
    return commands.answer(document_id, await render_again(commands.runtime, row, commands.because))


@router.post("/invoices/{document_id}/void")
async def void(document_id: UUID, body: Void, commands: Commands, _: Bookkeeper) -> PostedAnswer:
    """Void a document: its number stays, what it billed is open again and is billed by the next run."""
    row = await existing(commands.runtime, document_id)
    day = body.date or commands.runtime.today()
    answer = await commands.send(DOCUMENTS, document_id, voiding(row, body.reason, day))
    return await on_its_day(commands.runtime, answer, day)


@router.post("/invoices/{document_id}/set-off")
async def set_off(document_id: UUID, body: Dated, commands: Commands, _: Bookkeeper) -> Answer:
    """Pay an invoice with what its debtor has in favour, as far as that goes."""
    row = await existing(commands.runtime, document_id)
    command = UseFavour(invoice_id=document_id, used_on=body.date or commands.runtime.today())
    return await commands.send(RECEIVABLES, row.debtor_id, command)


@router.post("/invoices/{document_id}/hold")
async def hold(document_id: UUID, body: Hold, commands: Commands, _: Bookkeeper) -> Answer:
    """Keep an invoice out of the reminders: it is disputed, or parked."""
    row = await existing(commands.runtime, document_id)
    command = HoldInvoice(invoice_id=document_id, hold=body.hold, reason=body.reason)
    return await commands.send(RECEIVABLES, row.debtor_id, command)


@router.post("/invoices/{document_id}/release")
async def release(document_id: UUID, commands: Commands, _: Bookkeeper) -> Answer:
    """Let an invoice that was held be reminded again."""
    row = await existing(commands.runtime, document_id)
    return await commands.send(RECEIVABLES, row.debtor_id, ReleaseHold(invoice_id=document_id))
