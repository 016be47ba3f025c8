"""An amendment is written in a form, seen as it is typed (B6), and signed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from carnet.contracts.domain.amendments import Change
from carnet.contracts.domain.contract import Amend
from carnet.contracts.domain.preview import Preview, preview
from carnet.contracts.domain.terms import Version
from carnet.contracts.pages.amendment_form import WHATS, ChangeForm, begun, chosen
from carnet.contracts.pages.look import PAGES, WORDS, Seller
from carnet.contracts.pages.newest import names_of, newest
from carnet.contracts.pages.rows import rows_of, with_more
from carnet.contracts.publishing import whole
from carnet.contracts.read_models import nodes, occurrences
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.negotiation import is_fragment
from carnet.kernel.web.typed import MISSING, Typed, form_of

router = APIRouter(prefix="/pages/contracts/{contract_id}/amendments")
AHEAD: Final = timedelta(days=365)
SILENT: Final = ("what", "do", "cycles", "absorbs", "covers")  # fields that are never wrong


@dataclass
class Written:
    """A form that was sent: the contract as it stands, what was typed, the change that it makes, a refusal that
    belongs to no field, and the status of an answer that shows it again.
    """

    version: Version
    form: ChangeForm
    change: Change
    refusal: str = ""
    status: int = 422

    @property
    def errors(self) -> dict[str, str]:
        return self.form.typed.errors

    @property
    def good(self) -> bool:
        return not self.errors and not self.refusal

    def refuse(self, refusal: Rejected) -> None:
        """Note a refusal where it belongs."""
        self.status = 409
        if field := self.form.field_of(refusal.field):
            self.errors[field] = str(refusal)
        else:
            self.refusal = str(refusal)


async def written(request: Request, contract_id: str, runtime: RuntimeDep) -> Written:
    """Read the form."""
    typed = await form_of(request)
    version, words = await newest(runtime, contract_id), typed.text("object_id")
    found = await runtime.query(lambda session: nodes.matching(session, words)) if words else ()
    form = ChangeForm(typed, version.terms, [row.node_id for row in found])
    return Written(version, form, form.change())


Sent = Annotated[Written, Depends(written)]


@router.get("/new", dependencies=[CaughtUp])
async def show_form(
    request: Request, contract_id: str, runtime: RuntimeDep, _: Seller, what: str = "add", position: str = ""
) -> HTMLResponse:
    """Show the form for one kind of change, filled in with what holds today."""
    version = await newest(runtime, contract_id)
    typed = Typed(begun(chosen(what), version.terms, position, runtime.today()))
    return await form_page(request, runtime, version, typed)


@router.post("/preview")
async def try_amendment(request: Request, sent: Sent, runtime: RuntimeDep, _: Seller) -> HTMLResponse:
    """Show which visits the change adds and drops in the next twelve months; nothing is signed."""
    found = await tried(sent, runtime)
    if is_fragment(request):
        return await seen(request, runtime, sent, found)
    status = 200 if found else sent.status
    return await form_page(request, runtime, sent.version, sent.form.typed, status, sent.refusal, found)


@router.post("")
async def sign_amendment(request: Request, contract_id: str, sent: Sent, commands: Commands, _: Seller) -> Response:
    """Sign the change; `do=more <count>` gives another row of a kind instead."""
    if more := with_more(sent.form.typed.values):
        return await form_page(request, commands.runtime, sent.version, Typed(more))
    if sent.good and (answer := await signed(contract_id, sent, commands)):
        return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)
    return await form_page(request, commands.runtime, sent.version, sent.form.typed, sent.status, sent.refusal)


async def signed(contract_id: str, sent: Written, commands: Commands) -> Any:
    """Give the answer to the command; None where it is refused, which is noted."""
    command = Amend(changes=(sent.change,), recorded=commands.runtime.today())
    try:
        return await commands.send(CONTRACTS, contract_id, command)
    except Rejected as refusal:
        sent.refuse(refusal)
        return None


async def tried(sent: Written, runtime: Runtime) -> Preview | None:
    """Give what would come of the change; None where something is missing or refused, which is noted."""
    if not sent.good:
        return None
    rows = await runtime.query(lambda session: occurrences.of_contract(session, sent.version.contract_id))
    closed, today = occurrences.history_of(rows).closed, runtime.today()
    try:
        return preview(sent.version, [sent.change], today, today + AHEAD, closed)
    except Rejected as refusal:
        sent.refuse(refusal)
        return None


async def seen(request: Request, runtime: Runtime, sent: Written, found: Preview | None) -> HTMLResponse:
    """Show the preview alone, and beside it what is wrong at each field; what is merely not typed yet is not wrong."""
    wrong = {name: sentence for name, sentence in sent.errors.items() if sentence != MISSING}
    fields = [name for name in sent.form.typed.values if not name.startswith(SILENT)]
    values = {**await previewed(runtime, found), "errors": wrong, "refusal": sent.refusal, "fields": fields}
    return PAGES.render(request, "_preview.html", live=True, **values)


async def previewed(runtime: Runtime, found: Preview | None) -> dict[str, Any]:
    if found is None:
        return {"preview": None}
    return {"preview": found, "names": await names_of(runtime, found.version), "proposed": priced(found.version)}


def priced(version: Version) -> str:
    """Give a version that bills a fee as JSON, for the page of invoicing that knows what it costs; "" for others."""
    fees = any(position.prices for position in version.terms.positions)
    return whole(version).model_dump_json() if fees else ""


async def form_page(
    request: Request,
    runtime: Runtime,
    version: Version,
    typed: Typed,
    status: int = 200,
    refusal: str = "",
    found: Preview | None = None,
) -> HTMLResponse:
    shown: dict[str, Any] = {
        **await previewed(runtime, found),
        "version": version,
        "named": await names_of(runtime, version),
        "what": chosen(typed.values.get("what", "")),
        "kinds_of_change": WHATS,
        "values": typed.values,
        "errors": typed.errors,
        "refusal": refusal,
        "rows_of": lambda counted, least=1: rows_of(typed, counted, least),
    }
    return PAGES.render(request, "amend.html", http_status=status, live=True, fields=(), **shown, **WORDS)
