"""Customers, owners and property managers."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import Unknown
from carnet.objects.api.forms import AddressForm, Email, Form, Language, Number, Text
from carnet.objects.domain.address import Address
from carnet.objects.domain.identity import party_id
from carnet.objects.domain.party import Change, Particulars, Register
from carnet.objects.read_models import parties
from carnet.objects.read_models.parties import Party
from carnet.objects.streams import PARTIES, Streams

router = APIRouter(prefix="/parties", tags=["parties"])
Office = Annotated[Person, require("planner", "bookkeeper")]


class NewParty(Form):
    number: Number
    name: Text
    natural_person: bool = False
    language: Language = "fr"
    address: AddressForm | None = None
    email: Email | None = None
    telephone: Text | None = None

    def particulars(self) -> Particulars:
        return Particulars.model_validate(self.model_dump(exclude={"number"}))


class PartyChange(Form):
    """Only the fields that are sent change; null takes one away."""

    name: Text = "-"
    natural_person: bool = False
    language: Language = "fr"
    address: AddressForm | None = None
    email: Email | None = None
    telephone: Text | None = None

    def command(self) -> Change:
        return Change.model_validate(self.model_dump(exclude_unset=True))


class PartyView(BaseModel):
    id: str
    number: str
    name: str
    natural_person: bool
    language: str
    address: Address | None
    email: str | None
    telephone: str | None


@router.post("", status_code=201)
async def register(body: NewParty, commands: Commands, _: Office) -> Answer:
    """Register a party; its number gives its id, so the same request again is the same party."""
    identity = party_id(body.number)
    command = Register(party_id=identity, number=body.number, particulars=body.particulars())
    return await commands.send(PARTIES, identity, command)


@router.patch("/{identity}")
async def change(identity: str, body: PartyChange, commands: Commands, runtime: RuntimeDep, _: Office) -> Answer:
    if await Streams(runtime.engines.store).party(identity).state() is None:
        raise Unknown("The party {id}", id=identity)
    return await commands.send(PARTIES, identity, body.command())


@router.get("/{identity}", dependencies=[CaughtUp])
async def one(identity: str, runtime: RuntimeDep, _: Identified, response: Response) -> PartyView:
    if (found := await runtime.query(lambda session: session.get(Party, identity))) is None:
        raise Unknown("The party {id}", id=identity)
    response.headers["ETag"] = etag(found.revision)
    return view(found)


@router.get("", dependencies=[CaughtUp])
async def listed(
    request: Request, response: Response, runtime: RuntimeDep, _: Identified, asked: Listed, q: str = ""
) -> Page[PartyView]:
    """Give the parties by number; `q` looks in number and name."""
    rows = await runtime.query(lambda session: parties.listed(session, q, asked.after, asked.limit + 1))
    page = asked.page(rows, key=lambda row: (row.number,))
    link_next(request, response, page)
    return page.map(view)


def view(party: Party) -> PartyView:
    return PartyView.model_validate({**party.model_dump(), "id": party.party_id})
