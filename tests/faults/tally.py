"""The toy context `dispatch` with one more read model: it counts what it hears, and shows what counted twice."""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Field, SQLModel
from toy import dispatch

from carnet.events.objects import TaskDone, TaskRaised
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Add, Change


class Tally(SQLModel, table=True):
    """How many facts were heard of a task."""

    __tablename__ = "toy_tally"
    task: str = Field(primary_key=True)
    facts: int = 0


def counted(heard: Heard[TaskRaised | TaskDone]) -> Iterator[Change]:
    yield Add(Tally, {"task": heard.fact.task_id}, {"facts": 1})


TALLY = ReadModel("dispatch.tally", (Tally,), (TaskRaised, TaskDone), counted)
COUNTING = replace(dispatch, read_models=(*dispatch.read_models, TALLY))
