"""What a notification is about: objects by name, and the sites where they stand.

An object's first site comes from its own stream, later ones from the stream of moves: two columns (promise 6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Field, Session, SQLModel

from carnet.events.objects import ObjectMoved, ObjectRegistered, SiteRegistered
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class ObjectRow(SQLModel, table=True):
    __tablename__ = "notifications_object"
    object_id: str = Field(primary_key=True)
    name: str | None = None
    first_site_id: str | None = None
    moved: bool = False
    moved_to_site_id: str | None = None

    @property
    def site_id(self) -> str | None:
        return self.moved_to_site_id if self.moved else self.first_site_id


class SiteRow(SQLModel, table=True):
    __tablename__ = "notifications_site"
    site_id: str = Field(primary_key=True)
    name: str = ""
    address: dict[str, Any] | None = json()


@dataclass(frozen=True)
class Standing:
    """An object's name, and its site's name and address as far as it stands at one."""

    name: str
    site: str | None = None
    address: dict[str, Any] | None = None


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            yield Put(ObjectRow, {"object_id": fact.object_id}, {"name": fact.name, "first_site_id": fact.site_id})
        case ObjectMoved() as fact:
            moved = {"moved": True, "moved_to_site_id": fact.site_id}
            yield Put(ObjectRow, {"object_id": fact.object_id}, moved)
        case SiteRegistered() as fact:
            kept = fact.model_dump(mode="json", include={"name", "address"})
            yield Put(SiteRow, {"site_id": fact.site_id}, kept)


def find(session: Session, object_id: str) -> Standing | None:
    """Give an object with its site; None as long as one of the two is not known."""
    row = session.get(ObjectRow, object_id)
    if row is None or row.name is None:
        return None
    if row.site_id is None:
        return Standing(row.name)
    site = session.get(SiteRow, row.site_id)
    return Standing(row.name, site.name, site.address) if site else None


objects = ReadModel(
    "notifications.objects", (ObjectRow, SiteRow), (ObjectRegistered, ObjectMoved, SiteRegistered), changes
)
