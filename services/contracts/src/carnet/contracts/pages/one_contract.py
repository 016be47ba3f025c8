"""One contract: what holds, how it came about, what it promises, and an amendment tried before it is signed (B6)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.contracts.domain import contract
from carnet.contracts.domain.amendments import Change
from carnet.contracts.domain.contract import Amend, Terminate
from carnet.contracts.domain.notice import earliest_end, renewed_end
from carnet.contracts.domain.obligations import Obligations
from carnet.contracts.domain.preview import preview
from carnet.contracts.domain.terms import Version
from carnet.contracts.pages.amendment_form import ChangeForm, Submitted
from carnet.contracts.pages.look import PAGES, WORDS, Seller
from carnet.contracts.publishing import whole
from carnet.contracts.read_models import contracts, nodes, obligations, occurrences, parties, reactions
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment
from carnet.kernel.web.problems import Unknown

router = APIRouter(prefix="/pages/contracts/{contract_id}")
AHEAD: Final = timedelta(days=365)


@router.get("", dependencies=[CaughtUp])
async def show_contract(request: Request, contract_id: str, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    return await shown(request, runtime, contract_id)


@router.post("/amendments/preview")
async def try_amendment(
    request: Request, contract_id: str, form: Submitted, runtime: RuntimeDep, _: Seller
) -> HTMLResponse:
    """Show which visits the change adds and drops in the next twelve months; nothing is signed."""
    version, today = await newest(runtime, contract_id), runtime.today()
    rows = await runtime.query(lambda session: occurrences.of_contract(session, version.contract_id))
    closed = occurrences.history_of(rows).closed
    change = await change_of(form, version, runtime)
    found = preview(version, [change], today, today + AHEAD, closed)
    if is_fragment(request):
        names = await names_of(runtime, found.version)
        return PAGES.render(request, "_preview.html", preview=found, names=names, proposed=priced(found.version))
    return await shown(request, runtime, contract_id, preview=found, form=form, proposed=priced(found.version))


@router.post("/amendments")
async def sign_amendment(contract_id: str, form: Submitted, commands: Commands, _: Seller) -> RedirectResponse:
    version = await newest(commands.runtime, contract_id)
    change = await change_of(form, version, commands.runtime)
    command = Amend(changes=(change,), recorded=commands.runtime.today())
    answer = await commands.send(CONTRACTS, contract_id, command)
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)


@router.post("/termination")
async def end_contract(
    contract_id: str,
    commands: Commands,
    _: Seller,
    last_day: Annotated[date, Form(lt=date(2200, 1, 1))],
    extraordinary: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    told = {"extraordinary": extraordinary == "yes", "reason": reason.strip()}
    command = Terminate(last_day=last_day, recorded=commands.runtime.today(), **told)
    answer = await commands.send(CONTRACTS, contract_id, command)
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)


async def change_of(form: ChangeForm, version: Version, runtime: Runtime) -> Change:
    """Read the form, whose object is named by its number or its id; raises Rejected for one that is not known."""
    if not form.object_id:
        return form.change(version.terms.kind)
    known = await runtime.query(lambda session: nodes.by_number_or_id(session, form.object_id))
    if known is None:
        raise Rejected("This object is not known here; check its number.")
    return replace(form, object_id=known).change(version.terms.kind)


def priced(version: Version) -> str:
    """Give a version that bills a fee as JSON, for the page of invoicing that knows what it costs; "" for others."""
    fees = any(position.prices for position in version.terms.positions)
    return whole(version).model_dump_json() if fees else ""


async def newest(runtime: Runtime, contract_id: str) -> Version:
    if (version := contract.newest(await runtime.state(CONTRACTS, contract_id))) is None:
        raise Unknown(f"The contract {contract_id}")
    return version


async def names_of(runtime: Runtime, version: Version) -> dict[str, nodes.NodeRow]:
    object_ids = [position.object_id for position in version.terms.positions]
    return await runtime.query(lambda session: nodes.names(session, object_ids))


async def shown(request: Request, runtime: Runtime, contract_id: str, **more: Any) -> HTMLResponse:
    year = runtime.today().year
    sheet = await runtime.query(lambda session: sheet_of(session, contract_id, year))
    if sheet is None:
        raise Unknown(f"The contract {contract_id}")
    tried = {"preview": None, "form": None, "proposed": "", **more}
    values = {**vars(sheet), **ends_of(sheet, runtime.today()), **tried, **WORDS}
    return PAGES.render(request, "contract.html", year=year, **values)


def ends_of(sheet: "Sheet", today: date) -> dict[str, date | None]:
    """Say by when a notice is given, what follows without one, and what a notice of today can reach."""
    terms = sheet.version.terms
    told = {"notice_day": sheet.row.notice_on, "earliest_end": earliest_end(terms, today)}
    return {**told, "renewed_end": renewed_end(terms)}


@dataclass(frozen=True)
class Sheet:
    """All that the page of a contract shows."""

    row: contracts.ContractRow
    version: Version
    history: Any
    due: list[obligations.DueView]
    counts: Obligations
    faults: Any
    parties: dict[str, parties.PartyRow]
    names: dict[str, nodes.NodeRow]


def sheet_of(session: Any, contract_id: str, year: int) -> Sheet | None:
    if (row := contracts.one(session, contract_id)) is None:
        return None
    first, last, version = date(year, 1, 1), date(year, 12, 31), contracts.version_of(row)
    faults = reactions.of_contract(session, contract_id)
    shown = [*(position.object_id for position in version.terms.positions), *(fault.object_id for fault in faults)]
    people = [each for each in (version.terms.parties.debtor_id, version.terms.parties.contact_id) if each]
    return Sheet(
        row=row,
        version=version,
        history=contracts.versions(session, contract_id),
        due=obligations.due_between(session, first, last, contract_id),
        counts=obligations.obligations(session, row, first, last),
        faults=faults,
        parties=parties.names(session, people),
        names=nodes.names(session, shown),
    )
