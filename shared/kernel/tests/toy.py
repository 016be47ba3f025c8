"""Two toy contexts: `objects` lights lamps and publishes it; `dispatch` hears of it and keeps a notebook."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from sqlmodel import Field, SQLModel, select

from carnet.events.objects import TaskDone, TaskRaised
from carnet.kernel.codec import Codec
from carnet.kernel.context import Context
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.rows import Add, Change, Put
from carnet.kernel.runtime import Runtime
from carnet.kernel.service import service
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.streams import Category
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.problems import Unknown

Planner = Annotated[Person, require("planner")]
NEW_YEAR = date(2026, 1, 1)


class Lit(BaseModel, frozen=True):
    type: Literal["lit.v1"] = "lit.v1"
    lamp: str
    watts: int


class Dimmed(BaseModel, frozen=True):
    type: Literal["dimmed.v1"] = "dimmed.v1"
    lamp: str


class PutOut(BaseModel, frozen=True):
    type: Literal["put-out.v1"] = "put-out.v1"
    lamp: str


Event = Lit | Dimmed | PutOut
Command = Lit | Dimmed | PutOut


def decide(command: Command, lit: bool) -> list[Event]:
    if isinstance(command, Lit):
        return [] if lit else [command]
    if not lit:
        raise Rejected("Light the lamp first.")
    return [command]


def evolve(lit: bool, event: Event) -> bool:
    return not isinstance(event, PutOut)


lamps = Category[Command, bool, Event]("lamp", Decider(False, decide, evolve), Codec(Lit, Dimmed, PutOut))


class Lamp(SQLModel, table=True):
    __tablename__ = "toy_lamp"
    lamp: str = Field(primary_key=True)
    watts: int = 0
    events: int = 0
    lit: bool = False


def lamp_rows(heard: Heard[Any]) -> Iterator[Change]:
    key = {"lamp": heard.fact.lamp}
    yield Add(Lamp, key, {"events": 1})
    match heard.fact:
        case Lit(watts=watts):
            if watts < 0:
                raise ValueError("a lamp that eats light")
            yield Put(Lamp, key, {"watts": watts, "lit": True})
        case PutOut():
            yield Put(Lamp, key, {"lit": False})


lamp_model = ReadModel("objects.lamps", (Lamp,), (Lit, Dimmed, PutOut), lamp_rows)


def publish_lamp(event: Any) -> TaskRaised | TaskDone | None:
    match event:
        case Lit(lamp=lamp, watts=watts):
            return TaskRaised(task_id=lamp, object_id=lamp, text=str(watts), raised_on=NEW_YEAR)
        case PutOut(lamp=lamp):
            return TaskDone(task_id=lamp, object_id=lamp, done_on=NEW_YEAR)
    return None


router = APIRouter()


class NewLamp(BaseModel):
    watts: int


@router.post("/lamps", status_code=201)
async def light(body: NewLamp, commands: Commands, _: Planner) -> Answer:
    lamp = commands.new_id()
    return await commands.send(lamps, lamp, Lit(lamp=lamp, watts=body.watts))


@router.post("/lamps/{lamp}/{action}")
async def act(lamp: str, action: Literal["dim", "out"], commands: Commands, _: Planner) -> Answer:
    return await commands.send(lamps, lamp, Dimmed(lamp=lamp) if action == "dim" else PutOut(lamp=lamp))


@router.get("/lamps/{lamp}", dependencies=[CaughtUp])
async def get_lamp(lamp: str, runtime: RuntimeDep, _: Planner) -> dict[str, Any]:
    if (found := await runtime.query(lambda session: session.get(Lamp, lamp))) is None:
        raise Unknown(f"The lamp {lamp}")
    return found.model_dump()


objects = Context("objects", "Lamps", lamps.codec, publish_lamp, (lamp_model,), routers=(router,))


class Noted(BaseModel, frozen=True):
    type: Literal["noted.v1"] = "noted.v1"
    text: str


def note(command: Noted, state: Sequence[str]) -> list[Noted]:
    return [command]


def remember(state: tuple[str, ...], event: Noted) -> tuple[str, ...]:
    return (*state, event.text)


notebook = Category[Noted, tuple[str, ...], Noted]("notebook", Decider((), note, remember), Codec(Noted))


class Task(SQLModel, table=True):
    __tablename__ = "toy_task"
    task: str = Field(primary_key=True)
    text: str = ""
    done: bool = False


def task_rows(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case TaskRaised(task_id=task, text=text):
            if text == "-2":
                raise ValueError("poison")
            yield Put(Task, {"task": task}, {"text": text})
        case TaskDone(task_id=task):
            yield Put(Task, {"task": task}, {"done": True})


task_model = ReadModel("dispatch.tasks", (Task,), (TaskRaised, TaskDone), task_rows)


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    async def note_it(heard: Heard[TaskRaised]) -> None:
        if heard.fact.text == "13" and (await runtime.query(lambda s: s.get(Task, "permit"))) is None:
            raise NotYet("the permit")
        because = heard.because("a lamp is noted")
        await runtime.handle(notebook, heard.fact.task_id, Noted(text=heard.fact.text), because)

    return (Reaction("a lamp is noted", {TaskRaised: note_it}, start="beginning"),)


dispatch = Context("dispatch", "Notes", notebook.codec, lambda _: None, (task_model,), reactions)


def settings_in(folder: Path, database: str | None = None, **more: Any) -> ServiceSettings:
    return ServiceSettings(data=folder, log_level="error", database=database, **more)


def all_rows(table: type[SQLModel]) -> Any:
    return lambda session: [row.model_dump() for row in session.exec(select(table)).all()]


def toys(folder: Path, database_of: Callable[[str], str | None] = lambda _: None, **more: Any) -> dict[str, FastAPI]:
    """Make both contexts as services, each with a database of its own; `more` are settings of both."""
    made = {each.name: (each, settings_in(folder, database_of(each.name), **more)) for each in (objects, dispatch)}
    return {name: service(*parts) for name, parts in made.items()}
