"""The objects themselves: `/objects/items`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from carnet.kernel.web.commands import Answer, CaughtUp, Commander, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import Unknown
from carnet.objects.api.cockpit_view import CockpitView, view_of
from carnet.objects.api.forms import Form, Number, Text, check_parent, check_party
from carnet.objects.api.moves import NewPlace, NewResponsibility, assignment, known_node, move
from carnet.objects.domain.identity import object_id
from carnet.objects.domain.object import Command, ReadMeter, Register, Retire, ValueField
from carnet.objects.read_models import tree
from carnet.objects.read_models.nodes import OBJECT, Node
from carnet.objects.streams import OBJECTS

router = APIRouter(prefix="/items", tags=["objects"])
Planner = Annotated[Person, require("planner")]
Worker = Annotated[Person, require("planner", "technician")]


class NewObject(Form):
    number: Number
    name: Text
    kind: Text
    category: Text | None = None
    parent_id: str | None = None
    debtor_id: str | None = None
    internal: bool = False
    serial_number: Text | None = None
    value: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    registered_on: date | None = None
    fields: Mapping[Text, Text] = {}


class Retirement(Form):
    retired_on: date | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class NewValue(Form):
    """A value of an extra field; an empty one takes it away."""

    field: Text
    value: Annotated[str, Field(max_length=1000)]
    valid_from: date | None = None


class NewReading(Form):
    meter: Text
    reading: Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
    read_on: date | None = None


class ObjectView(BaseModel):
    id: str
    number: str
    name: str
    kind: str
    category: str | None
    parent_id: str | None
    site_id: str | None
    debtor_id: str | None
    internal: bool
    serial_number: str | None
    value: Decimal | None
    origin: str | None
    registered_on: date | None
    retired_on: date | None


@router.post("", status_code=201)
async def register(body: NewObject, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Register an object under a node (default: at the top); its number gives its id."""
    await check_party(runtime, "debtor_id", body.debtor_id)
    placement = await check_parent(runtime, body.parent_id)
    told = body.model_dump(exclude={"parent_id"})
    command = Register(object_id=object_id(body.number), placement=placement, **told)
    return await commands.send(OBJECTS, command.object_id, command)


@router.post("/{identity}/moves")
async def move_object(identity: str, body: NewPlace, commands: Commands, _: Planner) -> Answer:
    """Hang an object, with all below it, under another node."""
    return await move(commands, identity, body, is_object=True)


@router.post("/{identity}/retirement")
async def retire(identity: str, body: Retirement, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Take an object out of use from a day on (default: today)."""
    command = Retire(retired_on=body.retired_on or runtime.today(), reason=body.reason)
    return await send(commands, identity, command)


@router.post("/{identity}/fields")
async def value_field(identity: str, body: NewValue, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Give an extra field a value from a day on (default: today)."""
    day = body.valid_from or runtime.today()
    return await send(commands, identity, ValueField(field=body.field, value=body.value, valid_from=day))


@router.post("/{identity}/readings")
async def read_meter(identity: str, body: NewReading, commands: Commands, runtime: RuntimeDep, _: Worker) -> Answer:
    """Note what a meter showed on a day (default: today)."""
    day = body.read_on or runtime.today()
    return await send(commands, identity, ReadMeter(meter=body.meter, reading=body.reading, read_on=day))


@router.post("/{identity}/responsibilities")
async def assign(identity: str, body: NewResponsibility, commands: Commands, runtime: RuntimeDep, _: Planner) -> Answer:
    """Name the owner, property manager or contact of an object, from a day on (default: today)."""
    return await send(commands, identity, await assignment(runtime, body))


@router.get("/{identity}", dependencies=[CaughtUp])
async def one(identity: str, runtime: RuntimeDep, _: Identified, response: Response) -> ObjectView:
    found = await runtime.query(lambda session: session.get(Node, identity))
    if found is None or found.sort != OBJECT:
        raise Unknown("The object {id}", id=identity)
    response.headers["ETag"] = etag(found.revision)
    return view(found)


@router.get("/{identity}/cockpit", dependencies=[CaughtUp])
async def cockpit(identity: str, runtime: RuntimeDep, _: Identified, on: date | None = None) -> CockpitView:
    """Give everything known about an object, as it holds on a day (default: today)."""
    return await view_of(runtime, identity, on)


@router.get("", dependencies=[CaughtUp])
async def listed(
    request: Request, response: Response, runtime: RuntimeDep, _: Identified, asked: Listed
) -> Page[ObjectView]:
    """Give the objects by number."""
    rows = await runtime.query(lambda session: tree.listed(session, asked.after, asked.limit + 1, objects=True))
    page = asked.page(rows, key=lambda row: (row.number, row.node_id))
    link_next(request, response, page)
    return page.map(view)


async def send(commands: Commander, identity: str, command: Command) -> Answer:
    await known_node(commands.runtime, identity, is_object=True)
    return await commands.send(OBJECTS, identity, command)


def view(node: Node) -> ObjectView:
    return ObjectView.model_validate(
        {**node.model_dump(), "id": node.node_id, "parent_id": node.parent_id, "site_id": node.site_id}
    )
