"""Pending tasks: noted, done, or told to sales."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Key, Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import BadRequest, Unknown
from carnet.objects.api.forms import Form, Text
from carnet.objects.domain.identity import lead_id
from carnet.objects.domain.task import BecomeLead, MarkDone, Raise
from carnet.objects.read_models import tasks
from carnet.objects.read_models.tasks import Task
from carnet.objects.streams import TASKS, Streams
from carnet.objects.streams.tree import Tree

router = APIRouter(prefix="/tasks", tags=["tasks"])
Worker = Annotated[Person, require("planner", "technician")]


class NewTask(Form):
    object_id: str
    text: Text
    raised_on: date | None = None
    due_on: date | None = None
    order_id: str | None = None


class Done(Form):
    done_on: date | None = None


class Lead(Form):
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CHF"
    raised_on: date | None = None


class TaskView(BaseModel):
    id: str
    object_id: str
    text: str
    raised_on: date | None
    due_on: date | None
    order_id: str | None
    done_on: date | None
    lead_id: str | None
    amount: Decimal | None
    currency: str


@router.post("", status_code=201)
async def raise_task(body: NewTask, commands: Commands, runtime: RuntimeDep, _: Worker) -> Answer:
    """Note what remains to be done on an object (S35, S38), where it was seen in an order (S37)."""
    if await Tree(Streams(runtime.engines.store)).node(body.object_id) is None:
        raise BadRequest("object_id", "object_id: nothing is registered as {id}.", id=body.object_id)
    told = body.model_dump() | {"raised_on": body.raised_on or runtime.today()}
    task_id = commands.new_id()
    return await commands.send(TASKS, task_id, Raise(task_id=task_id, **told))


@router.post("/{task_id}/done")
async def mark_done(task_id: str, body: Done, commands: Commands, runtime: RuntimeDep, _: Worker) -> Answer:
    await check_task(runtime, task_id)
    return await commands.send(TASKS, task_id, MarkDone(done_on=body.done_on or runtime.today()))


@router.post("/{task_id}/lead")
async def become_lead(task_id: str, body: Lead, commands: Commands, runtime: RuntimeDep, _: Worker) -> Answer:
    """Tell sales of a task, with the amount to expect (S36)."""
    await check_task(runtime, task_id)
    told = body.model_dump() | {"raised_on": body.raised_on or runtime.today()}
    return await commands.send(TASKS, task_id, BecomeLead(lead_id=lead_id(task_id), **told))


async def check_task(runtime: Runtime, task_id: str) -> None:
    if (await Streams(runtime.engines.store).task(task_id).state()).raised is None:
        raise Unknown("The task {id}", id=task_id)


@router.get("/{task_id}", dependencies=[CaughtUp])
async def one(task_id: str, runtime: RuntimeDep, _: Identified, response: Response) -> TaskView:
    if (found := await runtime.query(lambda session: session.get(Task, task_id))) is None:
        raise Unknown("The task {id}", id=task_id)
    response.headers["ETag"] = etag(found.revision)
    return view(found)


@router.get("", dependencies=[CaughtUp])
async def listed(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    _: Identified,
    asked: Listed,
    object_id: str | None = None,
    pending: bool = True,
) -> Page[TaskView]:
    """Give tasks, those raised last first; of one object or of all, pending ones or all."""
    rows = await runtime.query(
        lambda session: tasks.listed(session, object_id, asked.after, asked.limit + 1, pending=pending)
    )
    page = asked.page(rows, key=key)
    link_next(request, response, page)
    return page.map(view)


def key(task: Task) -> Key:
    return (task.raised_on.isoformat() if task.raised_on else "", task.task_id)


def view(task: Task) -> TaskView:
    return TaskView.model_validate({**task.model_dump(), "id": task.task_id})
