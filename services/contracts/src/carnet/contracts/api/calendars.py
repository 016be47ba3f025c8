"""The firm's opening hours by name: "standard" and "always" are given until it sets its own (R7)."""

from typing import Annotated

from fastapi import APIRouter, Path

from carnet.contracts.api.roles import Planner
from carnet.contracts.domain.opening_hours import OpeningHours, SetOpeningHours
from carnet.contracts.streams import OPENING_HOURS
from carnet.contracts.streams.calendars import opening_hours, public_holidays
from carnet.kernel.web.commands import Answer, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest, Unknown

router = APIRouter(tags=["calendars"])
NO_HOLIDAYS = "country: the public holidays of this country, or of its subdivision, are not known here."
Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]


@router.get("/calendars/{name}")
async def get_calendar(name: Name, runtime: RuntimeDep, _: Identified) -> OpeningHours:
    """Give opening hours by their name."""
    if (found := await opening_hours(runtime, name)) is None:
        raise Unknown("The calendar {name}", name=name)
    return found


@router.put("/calendars/{name}")
async def set_calendar(name: Name, body: OpeningHours, commands: Commands, _: Planner) -> Answer:
    """Set opening hours; promises already given do not move."""
    try:
        public_holidays(body.country, body.subdivision, [2026])
    except NotImplementedError as unknown:
        raise BadRequest("country", NO_HOLIDAYS) from unknown
    return await commands.send(OPENING_HOURS, name, SetOpeningHours(name=name, opening_hours=body))
