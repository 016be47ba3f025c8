"""What is due, and what became of it."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from carnet.contracts.api.bodies import Body
from carnet.contracts.api.roles import Planner
from carnet.contracts.domain.obligations import Obligations
from carnet.contracts.domain.occurrence import Excuse
from carnet.contracts.domain.terms import Sentence
from carnet.contracts.read_models import contracts, falling_due
from carnet.contracts.read_models.obligations import DueView, obligations
from carnet.contracts.streams import OCCURRENCES, contract_id_of
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest, Unknown

router = APIRouter(tags=["services"])
LONGEST = timedelta(days=732)
LAST_YEAR = 2199


class Ledger(Obligations):
    """A contract's visits due in a calendar year."""

    contract_id: str
    contract_number: str
    year: int


class Excused(Body):
    reason: Sentence
    excused_on: date | None = None


@router.get("/obligations", dependencies=[CaughtUp])
async def get_obligations(
    runtime: RuntimeDep, _: Identified, contract: str, year: Annotated[int, Query(ge=1900, le=LAST_YEAR)]
) -> Ledger:
    """Count a contract's visits due in a year: promised, done, skipped, excused, open (B7)."""
    named = {contract, contract_id_of(contract)}
    rows = await runtime.query(lambda session: [contracts.one(session, each) for each in named])
    if not (found := [row for row in rows if row]):
        raise Unknown("The contract {id}", id=contract)
    row, first, last = found[0], date(year, 1, 1), date(year, 12, 31)
    counts = await runtime.query(lambda session: obligations(session, row, first, last))
    return Ledger(contract_id=row.contract_id, contract_number=row.number, year=year, **dict(counts))


@router.get("/due", dependencies=[CaughtUp])
async def list_due(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    _: Identified,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> Page[DueView]:
    """List the services due from a day to a day (left out: today and 90 days on), raised or only promised."""
    begin = first or runtime.today()
    end = last or begin + timedelta(days=90)
    if end - begin > LONGEST or end.year > LAST_YEAR:
        raise BadRequest("to", "to: ask for at most two years, up to {year}.", year=LAST_YEAR)
    rows = await runtime.query(lambda session: falling_due.listed(session, begin, end, asked.after, asked.limit + 1))
    page = asked.page(rows, key=falling_due.sort_key)
    link_next(request, response, page)
    return page


@router.post("/occurrences/{occurrence_id}/excuse")
async def excuse(occurrence_id: str, body: Excused, commands: Commands, _: Planner) -> Answer:
    """Owe a service no more, with a reason; the contract is still kept (B7)."""
    if await commands.runtime.state(OCCURRENCES, occurrence_id) is None:
        raise Unknown("The service {id}", id=occurrence_id)
    command = Excuse(reason=body.reason, excused_on=body.excused_on or commands.runtime.today())
    return await commands.send(OCCURRENCES, occurrence_id, command)
