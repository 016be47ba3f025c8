"""Equipment, and the articles that a report can name."""

from typing import Any

from fastapi import APIRouter

from carnet.dispatch.api.forms import Form
from carnet.dispatch.api.roles import Planner
from carnet.dispatch.domain.equipment import Register
from carnet.dispatch.domain.times import Day, day_bounds
from carnet.dispatch.domain.work import Code
from carnet.dispatch.read_models import articles
from carnet.dispatch.read_models.availability import Agendas, EquipmentView, devices
from carnet.dispatch.streams import EQUIPMENT
from carnet.dispatch.streams.identity import equipment_id
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["equipment"])


class NewEquipment(Form):
    """`kind` is what orders ask for, such as "test weights"."""

    number: Code
    kind: Code
    name: Code


@router.post("/equipment", status_code=201)
async def register_equipment(body: NewEquipment, commands: Commands, _: Planner) -> Answer:
    """Register a piece of equipment under a number."""
    known = equipment_id(body.number)
    return await commands.send(EQUIPMENT, known, Register(equipment_id=known, **dict(body)))


@router.get("/equipment", dependencies=[CaughtUp])
async def list_equipment(runtime: RuntimeDep, _: Identified, day: Day | None = None) -> list[EquipmentView]:
    """List all equipment and what it is booked for on a day (today)."""
    when = day or runtime.today()
    bounds = day_bounds(when, when, runtime.settings.zone)
    return await runtime.query(lambda session: devices(session, Agendas(session, *bounds)))


@router.get("/articles", dependencies=[CaughtUp])
async def list_parts(runtime: RuntimeDep, _: Identified) -> list[dict[str, Any]]:
    """List the parts that a report can name."""
    return await runtime.query(lambda session: [row.model_dump() for row in articles.parts(session)])
