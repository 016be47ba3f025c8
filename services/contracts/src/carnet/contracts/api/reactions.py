"""How soon faults are answered: promised, paused while the customer is away, kept or missed (R7)."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel

from carnet.contracts.api.bodies import Body
from carnet.contracts.api.roles import Planner
from carnet.contracts.domain.promise import Pause, Resume
from carnet.contracts.read_models import reactions
from carnet.contracts.streams import REACTIONS
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["reactions"])


class Moment(Body):
    """An instant with its offset from UTC."""

    at: AwareDatetime


class ReactionView(BaseModel):
    """A promised reaction; `status` is running, paused, kept, missed or withdrawn, instants in UTC."""

    order_id: str
    object_id: str
    contract_id: str
    priority: str
    zone: str
    reported_at: datetime
    due_at: datetime
    escalate_at: datetime | None
    arrived_at: datetime | None
    minutes_used: int | None
    status: str


@router.get("/reactions", dependencies=[CaughtUp])
async def list_reactions(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    _: Identified,
    status: str | None = None,
) -> Page[ReactionView]:
    """List promised reactions by the time of the report."""
    rows = await runtime.query(lambda session: reactions.listed(session, status, asked.after, asked.limit + 1))
    page = asked.page(rows, key=reactions.sort_key).map(lambda row: ReactionView.model_validate(row.model_dump()))
    link_next(request, response, page)
    return page


@router.post("/reactions/{order_id}/pause")
async def pause(order_id: str, body: Moment, commands: Commands, _: Planner) -> Answer:
    """Stop the clock of a fault: the customer is away."""
    return await send(commands, order_id, Pause(at=body.at))


@router.post("/reactions/{order_id}/resume")
async def resume(order_id: str, body: Moment, commands: Commands, _: Planner) -> Answer:
    """Let the clock run again; what was promised is due so much later."""
    return await send(commands, order_id, Resume(at=body.at))


async def send(commands: Commands, order_id: str, command: Pause | Resume) -> Answer:
    if await commands.runtime.state(REACTIONS, order_id) is None:
        raise Unknown("The reaction time of order {id}", id=order_id)
    return await commands.send(REACTIONS, order_id, command)
