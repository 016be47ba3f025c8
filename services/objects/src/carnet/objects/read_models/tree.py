"""The tree as a person walks through it: children level by level, and the way from a node up to the top."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session, col, select, tuple_

from carnet.kernel.web.cursor import Key, keyset
from carnet.objects.read_models.nodes import Node
from carnet.objects.read_models.placing import PARENT


class Branch(BaseModel, frozen=True):
    """A node in the tree with the number of nodes right under it."""

    id: str
    sort: str
    number: str
    name: str
    kind: str
    in_use: bool
    children: int


CHILDREN = f"""
SELECT node_id, sort, number, name, kind, retired_on IS NULL AS in_use,
  (SELECT count(*) FROM objects_node AS child WHERE {PARENT.format(n="child.")} = node.node_id) AS children
FROM objects_node AS node
WHERE {PARENT.format(n="node.")} = :parent AND (name, node_id) > (:name, :node_id) AND sort <> ''
ORDER BY name, node_id LIMIT :limit
"""  # noqa: S608 (the expression of the index, no text from outside)


def children(session: Session, parent_id: str | None, after: Key, limit: int) -> list[Branch]:
    """Give the nodes right under a node (None: the top), by name; `after` is the last one's name and id."""
    name, node_id = keyset(after or ("", ""), str, str)
    values = {"parent": parent_id or "", "name": name, "node_id": node_id, "limit": limit}
    rows = session.connection().execute(text(CHILDREN), values).mappings()
    return [Branch.model_validate({**row, "id": row["node_id"]}) for row in rows]


def key(branch: Branch) -> Key:
    return branch.name, branch.id


def path(session: Session, node_id: str) -> list[Node]:
    """Give the registered nodes from the top down to this one."""
    way: list[Node] = []
    here: str | None = node_id
    while here is not None and (node := session.get(Node, here)) and node not in way:
        way.insert(0, node)
        here = node.parent_id
    return [node for node in way if node.sort]


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Node]:
    """Find nodes by their ids."""
    found = session.exec(select(Node).where(col(Node.node_id).in_(ids)))
    return {node.node_id: node for node in found}


def listed(session: Session, after: Key, limit: int, *, objects: bool) -> list[Node]:
    """Give the objects, or the projects, sites and places, by number; `after` is the last one's number and id."""
    query: Any = select(Node).where(col(Node.is_object).is_(objects), Node.sort != "")
    place = col(Node.number), col(Node.node_id)
    if after:
        query = query.where(tuple_(*place) > keyset(after, str, str))
    return list(session.exec(query.order_by(*place).limit(limit)))


def of_party(session: Session, party_id: str, limit: int = 200) -> list[Node]:
    """Give the nodes that a party pays for or owns, sites first, then by number."""
    query = select(Node).where(Node.debtor_id == party_id, Node.sort != "")
    by = col(Node.sort).desc(), col(Node.number), col(Node.node_id)
    return list(session.exec(query.order_by(*by).limit(limit)))
