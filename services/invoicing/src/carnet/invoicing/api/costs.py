"""What our own upkeep costs (S2)."""

from datetime import date

from fastapi import APIRouter

from carnet.invoicing.billing.internal_costs import ObjectCost, internal_costs
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["costs"])


@router.get("/internal-costs", dependencies=[CaughtUp])
async def list_costs(
    runtime: RuntimeDep, _: Identified, first_day: date = date.min, last_day: date = date.max
) -> list[ObjectCost]:
    """List what internal orders cost at list price, by object."""
    return await internal_costs(runtime, first_day, last_day)
