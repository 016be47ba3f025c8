"""Projects, sites and places: where objects stand."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import Unknown
from carnet.objects.api.cockpit_view import CockpitView, view_of
from carnet.objects.api.forms import AddressForm, Form, Number, Text, check_parent, check_party
from carnet.objects.api.moves import NewPlace, NewResponsibility, assignment, known_node, move
from carnet.objects.domain.address import Address
from carnet.objects.domain.identity import site_id
from carnet.objects.domain.site import Register, SiteKind, Zone
from carnet.objects.read_models import tree
from carnet.objects.read_models.nodes import OBJECT, Node
from carnet.objects.streams import SITES

router = APIRouter(prefix="/sites", tags=["sites"])
Planner = Annotated[Person, require("planner")]


class NewSite(Form):
    number: Number
    name: Text
    kind: SiteKind = "site"
    address: AddressForm | None = None
    zone: Zone = "Europe/Zurich"
    canton: Text | None = None
    owner_id: str | None = None
    parent_id: str | None = None


class SiteView(BaseModel):
    id: str
    number: str
    name: str
    kind: str
    address: Address | None
    zone: str | None
    canton: str | None
    owner_id: str | None
    parent_id: str | None


@router.post("", status_code=201)
async def register(body: NewSite, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Register a project, site or place; its number gives its id."""
    await check_party(runtime, "owner_id", body.owner_id)
    placement = await check_parent(runtime, body.parent_id)
    told = body.model_dump(exclude={"parent_id"})
    command = Register(site_id=site_id(body.number), placement=placement, **told)
    return await commands.send(SITES, command.site_id, command)


@router.post("/{identity}/moves")
async def move_site(identity: str, body: NewPlace, commands: Commands, _: Planner) -> Answer:
    return await move(commands, identity, body, is_object=False)


@router.post("/{identity}/responsibilities")
async def assign(identity: str, body: NewResponsibility, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Name the owner, property manager or contact of a site, from a day on (default: today)."""
    await known_node(runtime, identity, is_object=False)
    return await commands.send(SITES, identity, await assignment(runtime, body))


@router.get("/{identity}", dependencies=[CaughtUp])
async def one(identity: str, runtime: RuntimeDep, _: Identified, response: Response) -> SiteView:
    found = await runtime.query(lambda session: session.get(Node, identity))
    if found is None or found.sort in {"", OBJECT}:
        raise Unknown("The site {id}", id=identity)
    response.headers["ETag"] = etag(found.revision)
    return view(found)


@router.get("/{identity}/cockpit", dependencies=[CaughtUp])
async def cockpit(identity: str, runtime: RuntimeDep, _: Identified, on: date | None = None) -> CockpitView:
    """Give everything known about a site, as it holds on a day (default: today)."""
    return await view_of(runtime, identity, on)


@router.get("", dependencies=[CaughtUp])
async def listed(
    request: Request, response: Response, runtime: RuntimeDep, _: Identified, asked: Listed
) -> Page[SiteView]:
    """Give projects, sites and places by number."""
    rows = await runtime.query(lambda session: tree.listed(session, asked.after, asked.limit + 1, objects=False))
    page = asked.page(rows, key=lambda row: (row.number, row.node_id))
    link_next(request, response, page)
    return page.map(view)


def view(node: Node) -> SiteView:
    same = node.model_dump(include={"number", "name", "address", "zone", "canton"})
    return SiteView(id=node.node_id, kind=node.sort, owner_id=node.debtor_id, parent_id=node.parent_id, **same)
