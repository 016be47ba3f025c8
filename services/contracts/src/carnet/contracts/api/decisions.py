"""Contracts whose notice day is near: terminate, or let the term be renewed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from carnet.contracts.domain.notice import renewed_end
from carnet.contracts.read_models import contracts
from carnet.contracts.read_models.contracts import ContractRow, version_of
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["contracts"])


class Decision(BaseModel):
    """What happens without a notice by `notice_on`: the term ends, or is renewed to `renewed_to`."""

    contract_id: str
    number: str
    debtor_id: str
    notice_on: date
    ends_on: date
    renewed_to: date | None


@router.get("/decisions", dependencies=[CaughtUp])
async def list_decisions(
    runtime: RuntimeDep,
    _: Identified,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> dict[str, list[Decision]]:
    """List the contracts whose notice day lies between two days, the nearest first."""
    rows = await runtime.query(lambda session: contracts.to_decide(session, first, last))
    return {"items": [decision(row) for row in rows]}


def decision(row: ContractRow) -> Decision:
    then = renewed_end(version_of(row).terms)
    return Decision.model_validate({**row.model_dump(), "renewed_to": then})
