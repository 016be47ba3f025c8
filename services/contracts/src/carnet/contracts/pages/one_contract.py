"""One contract: what holds, how it came about, what it promises and what became of that."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.contracts.domain.applicable import year_of
from carnet.contracts.domain.coverage import counter
from carnet.contracts.domain.notice import earliest_end, renewed_end
from carnet.contracts.domain.obligations import Obligations
from carnet.contracts.domain.occurrence import Excuse
from carnet.contracts.domain.terms import Terms, Version, in_force
from carnet.contracts.domain.visits import promised
from carnet.contracts.pages.look import PAGES, WORDS, Planner
from carnet.contracts.pages.timeline import steps_of
from carnet.contracts.read_models import contracts, falling_due, nodes, obligations, parties, reactions
from carnet.contracts.streams import COVERAGE, OCCURRENCES, contract_year_id
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.typed import Typed

router = APIRouter(prefix="/pages/contracts/{contract_id}")
Year = Annotated[int | None, Query(ge=1900, lt=2199)]


@router.get("", dependencies=[CaughtUp])
async def show_contract(
    request: Request, contract_id: str, runtime: RuntimeDep, _: Identified, year: Year = None
) -> HTMLResponse:
    """Show a contract with its services of a year, left out: the business day's, or the contract's nearest to it."""
    return await shown(request, runtime, contract_id, year)


@router.post("/excuse")
async def excuse(
    contract_id: str,
    commands: Commands,
    _: Planner,
    occurrence: Annotated[str, Form(max_length=100)],
    reason: Annotated[str, Form(min_length=1, max_length=500)],
) -> RedirectResponse:
    """Owe a service no more, with a reason (B7)."""
    if await commands.runtime.state(OCCURRENCES, occurrence) is None:
        raise Unknown("The service {id}", id=occurrence)
    command = Excuse(reason=reason, excused_on=commands.runtime.today())
    answer = await commands.send(OCCURRENCES, occurrence, command)
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)


async def shown(
    request: Request,
    runtime: Runtime,
    contract_id: str,
    year: int | None = None,
    typed: Typed | None = None,
    http_status: int = 200,
) -> HTMLResponse:
    """Show the page; `typed` is what came of a form of it that was refused."""
    today, written = runtime.today(), typed or Typed({})
    sheet = await runtime.query(lambda session: sheet_of(session, contract_id, year, today))
    if sheet is None:
        raise Unknown("The contract {id}", id=contract_id)
    values = {
        **vars(sheet),
        **ends_of(sheet, today),
        "visits": await visits_of(runtime, sheet.version, today),
        "steps": await steps_of(runtime.engines.store, contract_id),
        "values": written.values,
        "errors": written.errors,
        "live": False,
    }
    return PAGES.render(request, "contract.html", http_status=http_status, **values, **WORDS)


def ends_of(sheet: "Sheet", today: date) -> dict[str, date | None]:
    """Say by when a notice is given, what follows without one, and what a notice of today can reach."""
    terms = sheet.version.terms
    told = {"notice_day": sheet.row.notice_on, "earliest_end": earliest_end(terms, today)}
    return {**told, "renewed_end": renewed_end(terms)}


@dataclass(frozen=True)
class Visits:
    """The visits of the contract year in which a day lies: agreed, reserved by orders, consumed (R9)."""

    first: date
    last: date
    agreed: int
    reserved: int
    consumed: int


async def visits_of(runtime: Runtime, version: Version, today: date) -> Visits | None:
    """Count the visits of the present contract year, at the earliest the first one; None where the fee bears none."""
    day = max(today, version.terms.start)
    if (coverage := in_force(version.terms.coverages, day)) is None:
        return None
    first, last = year_of(version, day)
    counted = counter(await runtime.state(COVERAGE, contract_year_id(version.contract_id, first)))
    agreed = len(promised(version, first, last)) if coverage.visits is None else coverage.visits
    return Visits(first, last, agreed, counted.reserved, counted.consumed)


@dataclass(frozen=True)
class Sheet:
    """What the read models tell of a contract."""

    row: contracts.ContractRow
    version: Version
    year: int
    due: list[obligations.DueView]
    counts: Obligations
    faults: Any
    parties: dict[str, parties.PartyRow]
    names: dict[str, nodes.NodeRow]


def sheet_of(session: Any, contract_id: str, asked: int | None, today: date) -> Sheet | None:
    if (row := contracts.one(session, contract_id)) is None:
        return None
    version = contracts.version_of(row)
    year = asked or nearest_year(version.terms, today)
    first, last = date(year, 1, 1), date(year, 12, 31)
    faults = reactions.of_contract(session, contract_id)
    shown = [*(position.object_id for position in version.terms.positions), *(fault.object_id for fault in faults)]
    people = [each for each in (version.terms.parties.debtor_id, version.terms.parties.contact_id) if each]
    return Sheet(
        row=row,
        version=version,
        year=year,
        due=falling_due.due_between(session, [contract_id], first, last),
        counts=obligations.obligations(session, row, first, last),
        faults=faults,
        parties=parties.names(session, people),
        names=nodes.names(session, shown),
    )


def nearest_year(terms: Terms, today: date) -> int:
    """Give the calendar year of the term that is nearest to today."""
    return min(max(today, terms.start), terms.end or date.max).year
