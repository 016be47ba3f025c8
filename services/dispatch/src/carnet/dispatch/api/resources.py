"""Technicians with their skills, equipment, and articles that a report can name."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.dispatch.api.roles import Planner
from carnet.dispatch.domain import equipment, technician
from carnet.dispatch.domain.technician import GainSkill, LoseSkill, Validity
from carnet.dispatch.domain.times import day_bounds
from carnet.dispatch.domain.work import Code
from carnet.dispatch.read_models import articles
from carnet.dispatch.read_models.availability import EquipmentView, TechnicianView, devices, people
from carnet.dispatch.streams import EQUIPMENT, TECHNICIANS
from carnet.dispatch.streams.identity import equipment_id, technician_id
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["technicians and equipment"])


class NewTechnician(BaseModel):
    number: Code
    name: Code


class NewSkill(Validity, frozen=True):
    """The days on which a skill holds, both included; no end: until further notice."""

    skill: Code


class LostSkill(BaseModel):
    """The last day on which a skill holds."""

    skill: Code
    last_day: date


class NewEquipment(BaseModel):
    """`kind` is what orders ask for, such as "test weights"."""

    number: Code
    kind: Code
    name: Code


@router.post("/technicians", status_code=201)
async def register_technician(body: NewTechnician, commands: Commands, _: Planner) -> Answer:
    """Register a technician under a number."""
    known = technician_id(body.number)
    return await commands.send(TECHNICIANS, known, technician.Register(technician_id=known, **dict(body)))


@router.post("/technicians/{technician}/skills", status_code=201)
async def gain_skill(technician: str, body: NewSkill, commands: Commands, _: Planner) -> Answer:
    """Note that a technician has a skill from a day on."""
    return await of_technician(technician, GainSkill(**dict(body)), commands)


@router.post("/technicians/{technician}/skills/lost")
async def lose_skill(technician: str, body: LostSkill, commands: Commands, _: Planner) -> Answer:
    """Note that a skill ends, such as an expired certificate."""
    return await of_technician(technician, LoseSkill(**dict(body)), commands)


async def of_technician(known: str, command: GainSkill | LoseSkill, commands: Commands) -> Answer:
    if await commands.runtime.state(TECHNICIANS, known) is None:
        raise Unknown(f"The technician {known}")
    return await commands.send(TECHNICIANS, known, command)


@router.get("/technicians", dependencies=[CaughtUp])
async def list_technicians(runtime: RuntimeDep, _: Identified, day: date | None = None) -> list[TechnicianView]:
    """List all technicians with their skills and what fills a day (today)."""
    when = day or runtime.today()
    bounds = day_bounds(when, when, runtime.settings.zone)
    return await runtime.query(lambda session: people(session, when, *bounds))


@router.post("/equipment", status_code=201)
async def register_equipment(body: NewEquipment, commands: Commands, _: Planner) -> Answer:
    """Register a piece of equipment under a number."""
    known = equipment_id(body.number)
    return await commands.send(EQUIPMENT, known, equipment.Register(equipment_id=known, **dict(body)))


@router.get("/equipment", dependencies=[CaughtUp])
async def list_equipment(runtime: RuntimeDep, _: Identified, day: date | None = None) -> list[EquipmentView]:
    """List all equipment and what it is booked for on a day (today)."""
    when = day or runtime.today()
    bounds = day_bounds(when, when, runtime.settings.zone)
    return await runtime.query(lambda session: devices(session, *bounds))


@router.get("/articles", dependencies=[CaughtUp])
async def list_parts(runtime: RuntimeDep, _: Identified) -> list[dict[str, Any]]:
    """List the parts that a report can name."""
    return await runtime.query(lambda session: [row.model_dump() for row in articles.parts(session)])
