"""Amendments: shown before the customer signs (B6), then signed."""

from datetime import date, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.contracts.api.amendment import Amendment, AmendmentToPreview
from carnet.contracts.api.existing import existing
from carnet.contracts.api.roles import Seller
from carnet.contracts.domain.contract import Amend
from carnet.contracts.domain.preview import Preview, Work, preview
from carnet.contracts.domain.terms import Version
from carnet.contracts.domain.visits import Visit
from carnet.contracts.read_models import occurrences
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest

router = APIRouter(tags=["contracts"])
LONGEST = timedelta(days=3653)


class VisitView(BaseModel):
    position_id: str
    object_id: str
    service: str
    due_on: date
    persons: int
    minutes: int | None


class PreviewView(BaseModel):
    """The version that would come, the visits that it adds and drops, and the work of all visits before and after;
    what it costs, invoicing knows (`POST /invoicing/contracts/{id}/preview` with this version as it is published).
    """

    version: Version
    added: list[VisitView]
    dropped: list[VisitView]
    before: Work
    after: Work


@router.post("/{contract_id}/amendments", status_code=201)
async def amend(contract_id: str, body: Amendment, commands: Commands, _: Seller) -> Answer:
    """Sign an amendment: all its changes or none, as one new version."""
    contract, recorded = await existing(commands.runtime, contract_id), body.recorded or commands.runtime.today()
    command = Amend(changes=body.to_domain(contract, recorded), recorded=recorded)
    return await commands.send(CONTRACTS, contract.contract_id, command)


@router.post("/{contract_id}/amendments/preview", dependencies=[CaughtUp])
async def preview_amendment(
    contract_id: str, body: AmendmentToPreview, runtime: RuntimeDep, _: Identified
) -> PreviewView:
    """Show what the same amendment would give, and change nothing."""
    contract, recorded = await existing(runtime, contract_id), body.recorded or runtime.today()
    rows = await runtime.query(lambda session: occurrences.of_contract(session, contract.contract_id))
    closed = occurrences.history_of(rows).closed
    return shown(preview(contract, body.to_domain(contract, recorded), recorded, last_day(body, recorded), closed))


def last_day(body: AmendmentToPreview, recorded: date) -> date:
    until = body.until or date(recorded.year, 12, 31)
    if until - recorded > LONGEST:
        raise BadRequest("until", "until: ask for at most ten years.")
    return until


def shown(found: Preview) -> PreviewView:
    return PreviewView(
        version=found.version,
        added=[view(visit) for visit in found.added],
        dropped=[view(visit) for visit in found.dropped],
        before=found.before,
        after=found.after,
    )


def view(visit: Visit) -> VisitView:
    plain = visit.model_dump(include={"object_id", "service", "due_on", "persons", "minutes"})
    return VisitView(position_id=visit.key.position_id, **plain)
