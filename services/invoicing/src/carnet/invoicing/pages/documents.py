"""Documents: the list, and one document with its lines, how each came about, and its PDF."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.invoicing.billing.crediting import creditable
from carnet.invoicing.billing.document_view import documents_page, existing, voiding, whole
from carnet.invoicing.billing.proving import prove
from carnet.invoicing.billing.rendering import render_again
from carnet.invoicing.domain.periods import days
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import document_queries, journal, parties
from carnet.invoicing.read_models.document_queries import Filter
from carnet.invoicing.streams import DOCUMENTS
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment

router = APIRouter()


@router.get("/", dependencies=[CaughtUp])
async def show_documents(  # each filter of the form is a parameter
    request: Request,
    runtime: RuntimeDep,
    _: Identified,
    asked: Listed,
    q: str = "",
    kind: str = "",
    state: str = "",
    contract: str = "",
) -> HTMLResponse:
    """Show documents; the page of a contract leads to those of its `contract`."""
    wanted = Filter(kind=kind, number=q.strip(), open=True if state == "open" else None, contract=contract or None)
    page = await documents_page(runtime, wanted, asked)
    sent = {"q": q, "kind": kind, "state": state, "contract": contract}
    chosen = {name: value for name, value in sent.items() if value}
    template = "_documents.html" if is_fragment(request) else "documents.html"
    return PAGES.render(request, template, page=page, chosen=chosen, first=not asked.after, **WORDS)


@router.get("/pages/documents/{document_id}", dependencies=[CaughtUp])
async def show_document(request: Request, document_id: UUID, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    row = await existing(runtime, document_id)
    document = await runtime.query(lambda session: whole(session, row))
    notes = await runtime.query(lambda session: document_queries.credit_notes_of(session, row.document_id))
    entries = await runtime.query(lambda session: journal.of_document(session, row.document_id))
    values: dict[str, Any] = {
        "document": document,
        "notes": notes,
        "entries": entries,
        "left": await creditable(runtime, row),
        "once": uuid4(),
    }
    return PAGES.render(request, "document.html", **values, **WORDS)


@router.get("/pages/documents/{document_id}/lines/{line_id:path}", dependencies=[CaughtUp])
async def show_proof(
    request: Request, document_id: UUID, line_id: str, runtime: RuntimeDep, _: Identified
) -> HTMLResponse:
    """Show how a line came about (B2)."""
    row = await existing(runtime, document_id)
    told = await prove(runtime, row, line_id)
    template = "_proof.html" if is_fragment(request) else "proof.html"
    customer = told.line.price_list.customer_id if told.line.price_list else None
    names = await runtime.query(lambda session: parties.names(session, [customer] if customer else []))
    values: dict[str, Any] = {"row": row, "line": told.line, "told": told, "day": date.fromisoformat, "names": names}
    return PAGES.render(request, template, days=days_between, **values, **WORDS)


def days_between(first_day: str, last_day: str) -> int:
    """Count the days of a segment, both ends included, as the proof gives them: ISO texts."""
    return days(date.fromisoformat(first_day), date.fromisoformat(last_day))


@router.post("/pages/documents/{document_id}/render")
async def render_document(
    document_id: UUID, day: Annotated[date, Form()], commands: Commands, _: Bookkeeper
) -> RedirectResponse:
    """Try to render a document of a day's run again."""
    row = await existing(commands.runtime, document_id)
    answer = commands.answer(document_id, await render_again(commands.runtime, row, commands.because))
    return RedirectResponse(f"/invoicing/pages/run?day={day}&after={answer.token}", 303)


@router.post("/pages/documents/{document_id}/void")
async def void_document(
    document_id: UUID, reason: Annotated[str, Form(max_length=500)], commands: Commands, _: Bookkeeper
) -> RedirectResponse:
    row = await existing(commands.runtime, document_id)
    answer = await commands.send(DOCUMENTS, document_id, voiding(row, reason, commands.runtime.today()))
    return RedirectResponse(f"/invoicing/pages/documents/{document_id}?after={answer.token}", 303)
