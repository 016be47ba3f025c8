"""The agenda of everyone and everything between two days."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from carnet.dispatch.domain.times import Day, day_bounds
from carnet.dispatch.read_models.availability import AgendaView, whole_agenda
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest

router = APIRouter(tags=["agenda"])
LONGEST = timedelta(days=93)  # a quarter of a year on one board


@router.get("/agenda", dependencies=[CaughtUp])
async def show(
    runtime: RuntimeDep,
    _: Identified,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> AgendaView:
    """Give what fills the days from `from` to `to`, both included; skills are those of the first day."""
    if not timedelta(0) <= last - first <= LONGEST:
        raise BadRequest("to", "to lies between from and {days} days later.", days=LONGEST.days)
    bounds = day_bounds(first, last, runtime.settings.zone)
    return await runtime.query(lambda session: whole_agenda(session, first, *bounds))
