"""The office corrects a work report: its quantities, articles and what is under warranty, as they should have been."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from carnet.dispatch.domain.order_commands import CorrectReport
from carnet.dispatch.domain.order_events import Report
from carnet.dispatch.pages.correction_form import CorrectionForm, as_typed, rows_of
from carnet.dispatch.pages.look import PAGES, WORDS, Approver, back_to
from carnet.dispatch.read_models import articles, order_views
from carnet.dispatch.streams import ORDERS
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.seen import as_seen, revision_of
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter(prefix="/pages/orders/{order_id}/reports/{report}")


@router.get("", dependencies=[CaughtUp])
async def show_form(request: Request, order_id: str, report: str, runtime: RuntimeDep, _: Approver) -> HTMLResponse:
    revision = await revision_of(runtime, ORDERS, order_id)
    found = await existing(runtime, order_id, report)
    return await form(request, runtime, found, Typed(as_typed(found, revision)))


@router.post("")
async def correct(request: Request, order_id: str, report: str, commands: Commands, _: Approver) -> Response:
    """Correct the report, unless the order was changed since it was shown; `do=more` gives another line."""
    found = await existing(commands.runtime, order_id, report)
    typed = await form_of(request)
    if typed.text("do") == "more":
        another = {**typed.values, "rows": str(len(rows_of(typed)) + 1)}
        return await form(request, commands.runtime, found, Typed(another))
    command = CorrectReport(report_id=report, items=CorrectionForm(typed).items(), note=typed.note("note"))
    if typed.errors:
        return await form(request, commands.runtime, found, typed, 422)
    try:
        outcome = await as_seen(commands, ORDERS, order_id, command, typed.text("seen"))
    except Rejected as why:
        return await form(request, commands.runtime, found, typed, 409, str(why))
    return back_to(order_id, commands.answer(order_id, outcome).token)


async def existing(runtime: Runtime, order_id: str, report: str) -> Report:
    """Give a report as it stands now; raises Unknown."""
    order = await runtime.state(ORDERS, order_id)
    if order is None or (found := order.reports.get(report)) is None:
        raise Unknown("The report {id}", id=report)
    return found


async def form(  # what is shown of a form that was refused
    request: Request, runtime: Runtime, report: Report, typed: Typed, http_status: int = 200, refusal: str = ""
) -> HTMLResponse:
    order = await runtime.query(lambda session: order_views.detail(session, report.order_id))
    if order is None:  # the read model has not heard of it yet
        raise Unknown("The order {id}", id=report.order_id)
    listed = [(row.article, row.name) for row in await runtime.query(articles.everything)]
    who = next((each.technician.name for each in order.reports if each.report_id == report.report_id), "")
    values: dict[str, Any] = {"order": order, "report": report, "who": who, "articles": listed, "refusal": refusal}
    values |= {"values": typed.values, "errors": typed.errors, "rows": rows_of(typed)}
    return PAGES.render(request, "correction.html", http_status, **values, **WORDS)
