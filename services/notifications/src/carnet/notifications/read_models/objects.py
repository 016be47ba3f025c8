"""What a notification is about: objects by name, and the sites where they stand.

A node's first parent comes from its own stream, later ones from the stream of moves: two columns (promise 6). The site
is looked for upwards, since whoever moves a machine moves all its parts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel

from carnet.events.objects import ObjectMoved, ObjectRegistered, SiteRegistered
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

HIGHEST: Final = 100  # levels of a tree, as a guard against a circle that only unfinished news can show


class ObjectRow(SQLModel, table=True):
    """A node of the tree: an object by its name, or a place of which only moves were heard here."""

    __tablename__ = "notifications_object"
    object_id: str = Field(primary_key=True)
    name: str | None = None
    first_parent_id: str | None = None
    moved: bool = False
    moved_to_id: str | None = None


class SiteRow(SQLModel, table=True):
    __tablename__ = "notifications_site"
    site_id: str = Field(primary_key=True)
    kind: str = ""
    name: str = ""
    address: dict[str, Any] | None = json()
    first_parent_id: str | None = None


@dataclass(frozen=True)
class Standing:
    """An object's name, and its site's name and address as far as it stands at one."""

    name: str
    site: str | None = None
    address: dict[str, Any] | None = None


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            above = fact.parent_id or fact.site_id
            yield Put(ObjectRow, {"object_id": fact.object_id}, {"name": fact.name, "first_parent_id": above})
        case ObjectMoved() as fact:
            moved = {"moved": True, "moved_to_id": fact.parent_id or fact.site_id}
            yield Put(ObjectRow, {"object_id": fact.object_id}, moved)
        case SiteRegistered() as fact:
            kept = fact.model_dump(mode="json", include={"kind", "name", "address"})
            yield Put(SiteRow, {"site_id": fact.site_id}, kept | {"first_parent_id": fact.parent_id})


def find(session: Session, object_id: str) -> Standing | None:
    """Give an object with its site; None as long as one of the two, or what stands between them, is not known."""
    row = session.get(ObjectRow, object_id)
    if row is None or row.name is None:
        return None
    node: str | None = object_id
    for _ in range(HIGHEST):
        if node is None:
            return Standing(row.name)
        if (site := session.get(SiteRow, node)) and site.kind == "site":
            return Standing(row.name, site.name, site.address)
        above = parents(session.get(ObjectRow, node), site)
        if not above:
            return None
        node = above[0]
    return None


def parents(node: ObjectRow | None, site: SiteRow | None) -> tuple[str | None, ...]:
    """Give the parent of a node, None at the top, or nothing where the node is unknown."""
    if node and node.moved:
        return (node.moved_to_id,)
    if node and node.name is not None:
        return (node.first_parent_id,)
    return (site.first_parent_id,) if site else ()


objects = ReadModel(
    "notifications.objects", (ObjectRow, SiteRow), (ObjectRegistered, ObjectMoved, SiteRegistered), changes
)
