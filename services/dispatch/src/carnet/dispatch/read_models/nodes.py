"""Objects and sites as `objects` tells them: what they are called, who pays for them, where they hang.

A node's first place comes from its own stream and its later ones from the stream of all moves, so that each column
has one source; which of the two holds is decided in the query.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.objects import ObjectMoved, ObjectRegistered, ObjectRetired, SiteRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

HIGHEST = 100  # levels of a tree, as a guard against a circle that only unfinished news can show


class NodeRow(SQLModel, table=True):
    """An object or a site; `known` tells whether more than a move was heard of it."""

    __tablename__ = "dispatch_node"
    node_id: str = Field(primary_key=True)
    known: bool = False
    number: str = Field(default="", index=True)
    name: str = ""
    is_object: bool = False
    internal: bool = False
    debtor_id: str | None = None
    zone: str | None = None
    first_parent_id: str | None = None
    moved: bool = False
    moved_to_id: str | None = None
    retired_on: date | None = None

    @property
    def parent_id(self) -> str | None:
        return self.moved_to_id if self.moved else self.first_parent_id


def changes(heard: Heard[Any]) -> Iterable[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            yield put(fact.object_id, **called(fact), **of_object(fact))
        case SiteRegistered() as fact:
            place = {"zone": fact.zone, "debtor_id": fact.owner_id, "first_parent_id": fact.parent_id}
            yield put(fact.site_id, **called(fact), **place)
        case ObjectMoved() as fact:
            yield put(fact.object_id, moved=True, moved_to_id=fact.parent_id or fact.site_id)
        case ObjectRetired() as fact:
            yield put(fact.object_id, retired_on=fact.retired_on)


def put(node_id: str, **values: Any) -> Put:
    return Put(NodeRow, {"node_id": node_id}, values)


def called(fact: ObjectRegistered | SiteRegistered) -> dict[str, Any]:
    return {"known": True, "number": fact.number, "name": fact.name}


def of_object(fact: ObjectRegistered) -> dict[str, Any]:
    return {
        "is_object": True,
        "internal": fact.internal,
        "debtor_id": fact.debtor_id,
        "first_parent_id": fact.parent_id or fact.site_id,
    }


MODEL = ReadModel("dispatch.nodes", (NodeRow,), (ObjectRegistered, SiteRegistered, ObjectMoved, ObjectRetired), changes)


def upwards(session: Session, node_id: str) -> Iterator[NodeRow]:
    """Give a node and those above it, up to the top."""
    for _ in range(HIGHEST):
        if (node := session.get(NodeRow, node_id)) is None:
            return
        yield node
        if (parent := node.parent_id) is None:
            return
        node_id = parent


def zone_of(session: Session, node_id: str) -> str | None:
    """Give the zone of the nearest place above a node, None where no place is known."""
    return next((node.zone for node in upwards(session, node_id) if node.zone), None)


def names(session: Session, node_ids: Iterable[str]) -> dict[str, NodeRow]:
    """Give those nodes that are known, by id."""
    rows = session.exec(select(NodeRow).where(col(NodeRow.node_id).in_(list(set(node_ids)))))
    return {row.node_id: row for row in rows if row.known}


def by_number(session: Session, number: str) -> NodeRow | None:
    """Give the object with a number, as a person types it."""
    statement = select(NodeRow).where(NodeRow.number == number.strip(), col(NodeRow.is_object).is_(other=True))
    return session.exec(statement).first()
