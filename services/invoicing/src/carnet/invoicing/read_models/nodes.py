"""Objects and sites as `objects` tells them: what they are called, who pays for them, where they hang.

A node's first place comes from its own stream and its later ones from the stream of all moves; which of the two holds
is decided in the query.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, or_, select

from carnet.events.objects import ObjectMoved, ObjectRegistered, SiteRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

HIGHEST = 100  # levels of a tree, as a guard against a circle that only unfinished news can show


class NodeRow(SQLModel, table=True):
    """An object or a site; `known` tells whether more than a move was heard of it."""

    __tablename__ = "invoicing_node"
    node_id: str = Field(primary_key=True)
    known: bool = False
    number: str = ""
    name: str = ""
    is_site: bool = False
    category: str = ""
    country: str = ""
    postcode: str = ""
    debtor_id: str | None = None
    first_parent_id: str | None = None
    moved: bool = False
    moved_to_id: str | None = None

    @property
    def parent_id(self) -> str | None:
        return self.moved_to_id if self.moved else self.first_parent_id


def changes(heard: Heard[Any]) -> Iterable[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            parent = fact.parent_id or fact.site_id
            told = {
                "number": fact.number,
                "name": fact.name,
                "debtor_id": fact.debtor_id,
                "category": fact.category or fact.kind,
            }
            yield put(fact.object_id, known=True, first_parent_id=parent, **told)
        case SiteRegistered() as fact:
            is_site = fact.kind == "site"
            where = fact.address.model_dump(include={"country", "postcode"}) if fact.address else {}
            told = {"number": fact.number, "name": fact.name, "first_parent_id": fact.parent_id}
            yield put(fact.site_id, known=True, is_site=is_site, **told, **where)
        case ObjectMoved() as fact:
            yield put(fact.object_id, moved=True, moved_to_id=fact.parent_id or fact.site_id)


def put(node_id: str, **values: Any) -> Put:
    return Put(NodeRow, {"node_id": node_id}, values)


MODEL = ReadModel("invoicing.nodes", (NodeRow,), (ObjectRegistered, SiteRegistered, ObjectMoved), changes)


def upwards(session: Session, node_id: str | None) -> Iterator[NodeRow]:
    """Give a node and those above it, up to the top."""
    for _ in range(HIGHEST):
        node = session.get(NodeRow, node_id) if node_id else None
        if node is None:
            return
        yield node
        node_id = node.parent_id


def site_of(session: Session, node_id: str | None) -> str | None:
    """Give the site of an object, None where none is known."""
    return next((node.node_id for node in upwards(session, node_id) if node.is_site), None)


def debtor_of(session: Session, object_id: str) -> tuple[bool, str | None]:
    """Say whether an object is known, and who pays for it."""
    node = session.get(NodeRow, object_id)
    return (node is not None and node.known), (node.debtor_id if node else None)


def postcode_of(session: Session, node_id: str | None) -> tuple[str, str] | None:
    """Give country and postcode of the nearest place that has an address, None where none is known."""
    return next(((node.country, node.postcode) for node in upwards(session, node_id) if node.postcode), None)


def categories(session: Session, node_ids: Iterable[str]) -> dict[str, str]:
    """Give the categories of objects, by id: what kind of object it is where it has no category of its own."""
    rows = session.exec(select(NodeRow).where(col(NodeRow.node_id).in_(set(node_ids))))
    return {row.node_id: row.category for row in rows if row.category}


def names(session: Session, node_ids: Iterable[str]) -> dict[str, str]:
    """Give the names of those nodes that are known, by id."""
    rows = session.exec(select(NodeRow).where(col(NodeRow.node_id).in_(set(node_ids))))
    return {row.node_id: row.name for row in rows if row.known}


def matching(session: Session, words: str, limit: int) -> Sequence[NodeRow]:
    """Give at most `limit` nodes whose number or name has the words in it, by number."""
    has = (col(each).icontains(words, autoescape=True) for each in (NodeRow.number, NodeRow.name))
    query = select(NodeRow).where(col(NodeRow.known), or_(*has))
    return session.exec(query.order_by(col(NodeRow.number), col(NodeRow.node_id)).limit(limit)).all()
