"""Technicians with their skills, and what fills their day."""

from fastapi import APIRouter

from carnet.dispatch.api.forms import Form
from carnet.dispatch.api.roles import Planner
from carnet.dispatch.domain import technician
from carnet.dispatch.domain.technician import GainSkill, LoseSkill, Validity
from carnet.dispatch.domain.times import Day, day_bounds
from carnet.dispatch.domain.work import Code
from carnet.dispatch.read_models.availability import Agendas, TechnicianView, people
from carnet.dispatch.streams import TECHNICIANS
from carnet.dispatch.streams.identity import technician_id
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["technicians"])


class NewTechnician(Form):
    number: Code
    name: Code


class NewSkill(Validity, Form):
    """The days on which a skill holds, both included; no end: until further notice."""

    skill: Code


class LostSkill(Form):
    """The last day on which a skill holds."""

    skill: Code
    last_day: Day


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
        raise Unknown("The technician {id}", id=known)
    return await commands.send(TECHNICIANS, known, command)


@router.get("/technicians", dependencies=[CaughtUp])
async def list_technicians(runtime: RuntimeDep, _: Identified, day: Day | None = None) -> list[TechnicianView]:
    """List all technicians with their skills and what fills a day (today)."""
    when = day or runtime.today()
    bounds = day_bounds(when, when, runtime.settings.zone)
    return await runtime.query(lambda session: people(session, when, Agendas(session, *bounds)))
