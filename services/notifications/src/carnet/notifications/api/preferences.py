"""HTTP: how parties want to be written to."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.problems import Unknown
from carnet.notifications.domain.notification import Channel
from carnet.notifications.domain.preference import ChooseChannel
from carnet.notifications.read_models import parties, preferences
from carnet.notifications.streams import preferences as choices

router = APIRouter(tags=["preferences"])
Office = Annotated[Person, require("planner", "bookkeeper")]


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Channel


class PreferenceView(BaseModel):
    party_id: str
    channel: Channel


@router.put("/preferences/{party_id}", dependencies=[CaughtUp])
async def choose_channel(party_id: str, choice: Choice, commands: Commands, _: Office) -> Answer:
    """Note how a party wants to be written to; 404 for one that we have not heard of."""
    if await commands.runtime.query(lambda session: parties.find(session, party_id)) is None:
        raise Unknown("The party {id}", id=party_id)
    return await commands.send(choices, party_id, ChooseChannel(party_id=party_id, channel=choice.channel))


@router.get("/preferences", dependencies=[CaughtUp])
async def list_preferences(runtime: RuntimeDep, _: Identified, asked: Listed) -> Page[PreferenceView]:
    last = str(asked.after[0]) if asked.after else ""
    rows = await runtime.query(lambda session: preferences.after(session, last, asked.limit + 1))
    page = asked.page(rows, key=lambda row: (row.party_id,))
    return page.map(lambda row: PreferenceView.model_validate(row.model_dump()))
