"""Who is owner, property manager or contact of a node, and since when."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.objects.domain.responsibility import ResponsibilityAssigned


class Responsibility(SQLModel, table=True):
    __tablename__ = "objects_responsibility"
    node_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    party_id: str = ""


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ResponsibilityAssigned() as fact:
            key = {"node_id": fact.node_id, "role": fact.role, "valid_from": fact.valid_from}
            yield Put(Responsibility, key, {"party_id": fact.party_id})


def responsible(session: Session, way: Sequence[str], day: date) -> dict[str, Responsibility]:
    """Give who holds each role on a day, of the nodes from the top down to one: the nearest node decides."""
    query = select(Responsibility).where(col(Responsibility.node_id).in_(way), col(Responsibility.valid_from) <= day)
    holds: dict[str, Responsibility] = {}
    for each in sorted(session.exec(query), key=lambda each: (way.index(each.node_id), each.valid_from)):
        holds[each.role] = each
    return holds


RESPONSIBILITIES: Final = ReadModel("objects.responsibilities", (Responsibility,), (ResponsibilityAssigned,), changes)
