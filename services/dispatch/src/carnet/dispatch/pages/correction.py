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
from carnet.kernel.store.port import WrongRevision
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.problems import CHANGED, Unknown
from carnet.kernel.web.typed import Typed

router = APIRouter(prefix="/pages/orders/{order_id}/reports/{report}")


@router.get("", dependencies=[CaughtUp])
async def show_form(request: Request, order_id: str, report: str, runtime: RuntimeDep, _: Approver) -> HTMLResponse:
    found, revision = await seen(runtime, order_id, report)
    return await form(request, runtime, found, Typed(as_typed(found, revision)))


@router.post("")
async def correct(request: Request, order_id: str, report: str, commands: Commands, _: Approver) -> Response:
    """Correct the report, unless the order was changed since it was shown; `do=more` gives another line."""
    found, revision = await seen(commands.runtime, order_id, report)
    sent = {name: str(value) for name, value in (await request.form()).items()}
    typed = Typed(sent)
    if sent.get("do") == "more":
        return await form(request, commands.runtime, found, Typed({**sent, "rows": str(len(rows_of(typed)) + 1)}))
    command = CorrectReport(report_id=report, items=CorrectionForm(typed).items(), note=typed.note("note"))
    expected = revision if is_done(command, found) else typed.count("seen", 0, revision)
    if typed.errors:
        return await form(request, commands.runtime, found, typed, 422)
    try:
        outcome = await commands.runtime.handle(ORDERS, order_id, command, commands.because, expected=expected)
    except (Rejected, WrongRevision) as why:
        refusal = CHANGED if isinstance(why, WrongRevision) else str(why)
        return await form(request, commands.runtime, found, typed, 409, refusal)
    return back_to(order_id, commands.answer(order_id, outcome).token)


async def seen(runtime: Runtime, order_id: str, report: str) -> tuple[Report, int]:
    """Give a report as it stands now and the revision of its order; raises Unknown."""
    history = await runtime.engines.store.read(ORDERS.stream(order_id))
    order = ORDERS.decider.fold([ORDERS.decode(each) for each in history])
    if order is None or (found := order.reports.get(report)) is None:
        raise Unknown(f"The report {report}")
    return found, history[-1].revision


def is_done(command: CorrectReport, report: Report) -> bool:
    """Tell whether the report says so already: a form that comes twice is no other person's change."""
    return (command.items, command.note) == (report.items, report.note)


async def form(  # what is shown of a form that was refused
    request: Request, runtime: Runtime, report: Report, typed: Typed, http_status: int = 200, refusal: str = ""
) -> HTMLResponse:
    order = await runtime.query(lambda session: order_views.detail(session, report.order_id))
    if order is None:  # the read model has not heard of it yet
        raise Unknown(f"The order {report.order_id}")
    listed = [(row.article, row.name) for row in await runtime.query(articles.everything)]
    who = next((each.technician.name for each in order.reports if each.report_id == report.report_id), "")
    values: dict[str, Any] = {"order": order, "report": report, "who": who, "articles": listed, "refusal": refusal}
    values |= {"values": typed.values, "errors": typed.errors, "rows": rows_of(typed)}
    return PAGES.render(request, "correction.html", http_status, **values, **WORDS)
