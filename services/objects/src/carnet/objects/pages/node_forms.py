"""What can be done on a node's page; the forms give the same commands as the API."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from carnet.kernel.web.commands import Commands
from carnet.kernel.web.problems import Unknown
from carnet.objects.domain.identity import lead_id, object_id
from carnet.objects.domain.object import Register, ValueField
from carnet.objects.domain.task import BecomeLead, MarkDone, Raise
from carnet.objects.pages.look import Planner, Worker, back_to
from carnet.objects.streams import OBJECTS, TASKS, Streams
from carnet.objects.streams.tree import Tree

router = APIRouter(prefix="/pages/nodes/{node_id}")
Words = Annotated[str, Form(min_length=1, max_length=300)]


@router.post("/tasks")
async def note_task(
    node_id: str, commands: Commands, _: Worker, text: Words, due_on: Annotated[date | str, Form()] = ""
) -> RedirectResponse:
    await check_node(commands, node_id)
    task_id, due = commands.new_id(), due_on if isinstance(due_on, date) else None
    today = commands.runtime.today()
    command = Raise(task_id=task_id, object_id=node_id, text=text, raised_on=today, due_on=due)
    answer = await commands.send(TASKS, task_id, command)
    return back_to(node_id, answer.token)


@router.post("/tasks/{task_id}/done")
async def mark_done(node_id: str, task_id: str, commands: Commands, _: Worker) -> RedirectResponse:
    answer = await commands.send(TASKS, task_id, MarkDone(done_on=commands.runtime.today()))
    return back_to(node_id, answer.token)


@router.post("/tasks/{task_id}/lead")
async def become_lead(
    node_id: str,
    task_id: str,
    commands: Commands,
    _: Worker,
    amount: Annotated[Decimal, Form(gt=0, max_digits=14, decimal_places=2)],
) -> RedirectResponse:
    command = BecomeLead(lead_id=lead_id(task_id), amount=amount, raised_on=commands.runtime.today())
    answer = await commands.send(TASKS, task_id, command)
    return back_to(node_id, answer.token)


@router.post("/fields")
async def value_field(
    node_id: str,
    commands: Commands,
    _: Planner,
    field: Words,
    valid_from: Annotated[date, Form()],
    value: Annotated[str, Form(max_length=1000)] = "",
) -> RedirectResponse:
    answer = await commands.send(OBJECTS, node_id, ValueField(field=field, value=value, valid_from=valid_from))
    return back_to(node_id, answer.token)


@router.post("/objects")
async def register_object(
    node_id: str, commands: Commands, _: Planner, number: Words, name: Words, kind: Words
) -> RedirectResponse:
    """Register an object under a node (S92), for the customer of the node."""
    tree = Tree(Streams(commands.runtime.engines.store))
    command = Register(
        object_id=object_id(number),
        number=number,
        name=name,
        kind=kind,
        placement=await tree.placement(node_id),
        debtor_id=await debtor_of(commands, node_id),
        registered_on=commands.runtime.today(),
    )
    answer = await commands.send(OBJECTS, command.object_id, command)
    return back_to(command.object_id, answer.token)


async def debtor_of(commands: Commands, node_id: str) -> str | None:
    """Give who pays for what stands here: the object's debtor, or the site's owner."""
    streams = Streams(commands.runtime.engines.store)
    if registered := (await streams.object(node_id).state()).registered:
        return registered.debtor_id
    place = (await streams.site(node_id).state()).registered
    return place.owner_id if place else None


async def check_node(commands: Commands, node_id: str) -> None:
    if await Tree(Streams(commands.runtime.engines.store)).node(node_id) is None:
        raise Unknown("The node {id}", id=node_id)
