"""What internal orders cost, by object (S2)."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from carnet.invoicing.billing.internal_costs import internal_costs
from carnet.invoicing.pages.look import PAGES, WORDS
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()
Typed: TypeAlias = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]  # a field left empty


@router.get("/pages/costs", dependencies=[CaughtUp])
async def show_costs(
    request: Request, runtime: RuntimeDep, _: Identified, first_day: Typed = None, last_day: Typed = None
) -> HTMLResponse:
    """Show the costs of some days; without a choice those of this year to the business day."""
    last = last_day or runtime.today()
    first = first_day or last.replace(month=1, day=1)
    costs = await internal_costs(runtime, first, last)
    return PAGES.render(request, "costs.html", costs=costs, first_day=first, last_day=last, **WORDS)
