"""Objects and sites as `objects` tells them: what they are called and of what they are a part.

A node's first place comes from its own stream and its later ones from the stream of all moves, so that each column
has one source; which of the two holds is decided in the query.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.objects import ObjectMoved, ObjectRegistered, SiteRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

HIGHEST = 100  # levels of a tree, as a guard against a circle that only unfinished news can show


class NodeRow(SQLModel, table=True):
    """An object or a site; `known` tells whether more than a move was heard of it."""

    __tablename__ = "contracts_node"
    node_id: str = Field(primary_key=True)
    known: bool = False
    number: str = Field(default="", index=True)
    name: str = ""
    is_object: bool = False
    first_parent_id: str | None = None
    moved: bool = False
    moved_to_id: str | None = None

    @property
    def parent_id(self) -> str | None:
        return self.moved_to_id if self.moved else self.first_parent_id


def changes(heard: Heard[Any]) -> Iterable[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            yield put(fact.object_id, **called(fact), is_object=True, first_parent_id=fact.parent_id)
        case SiteRegistered() as fact:
            yield put(fact.site_id, **called(fact))
        case ObjectMoved() as fact:
            yield put(fact.object_id, moved=True, moved_to_id=fact.parent_id)


def put(node_id: str, **values: Any) -> Put:
    return Put(NodeRow, {"node_id": node_id}, values)


def called(fact: ObjectRegistered | SiteRegistered) -> dict[str, Any]:
    return {"known": True, "number": fact.number, "name": fact.name}


MODEL = ReadModel("contracts.nodes", (NodeRow,), (ObjectRegistered, SiteRegistered, ObjectMoved), changes)


def lineage(session: Session, object_id: str) -> list[NodeRow]:
    """Give an object and what it is a part of, upwards; the last one is not `known` where news of it is missing."""
    found: list[NodeRow] = []
    next_id: str | None = object_id
    while next_id and len(found) < HIGHEST:
        node = session.get(NodeRow, next_id) or NodeRow(node_id=next_id)
        if node.known and not node.is_object:
            break
        found.append(node)
        next_id = node.parent_id if node.known else None
    return found


def by_number(session: Session, number: str) -> str | None:
    """Give the id of the object of a number."""
    statement = select(NodeRow.node_id).where(NodeRow.number == number, col(NodeRow.is_object))
    return session.exec(statement).first()


def by_number_or_id(session: Session, named: str) -> str | None:
    """Give the id of the object that a person names."""
    node = session.get(NodeRow, named)
    return named if node and node.known else by_number(session, named)


def matching(session: Session, words: str, limit: int = 10) -> Sequence[NodeRow]:
    """Give the object of this number or id, else those whose number or name has these words in it, by number."""
    objects = select(NodeRow).where(col(NodeRow.is_object))
    if found := session.exec(objects.where((NodeRow.number == words) | (NodeRow.node_id == words))).all():
        return found
    number, name = (col(each).icontains(words, autoescape=True) for each in (NodeRow.number, NodeRow.name))
    return session.exec(objects.where(number | name).order_by(col(NodeRow.number)).limit(limit)).all()


def names(session: Session, node_ids: Iterable[str]) -> dict[str, NodeRow]:
    """Give those nodes that are known, by id."""
    rows: Iterator[NodeRow] = iter(session.exec(select(NodeRow).where(col(NodeRow.node_id).in_(set(node_ids)))))
    return {row.node_id: row for row in rows if row.known}
