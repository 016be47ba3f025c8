"""The nodes of the tree with their master data, and the words by which they are found."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from carnet.kernel.columns import exact, json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.objects.domain.address import Address
from carnet.objects.domain.object import FieldValued, MeterRead, ObjectRegistered, ObjectRetired
from carnet.objects.domain.party import PartyChanged, PartyRegistered
from carnet.objects.domain.responsibility import ResponsibilityAssigned
from carnet.objects.domain.site import SiteRegistered
from carnet.objects.domain.structure import NodeMoved
from carnet.objects.read_models.folding import folded
from carnet.objects.read_models.full_text import ddl, find_again

OBJECT: Final = "object"


class Node(SQLModel, table=True):
    """A node: `sort` is object, project, site or place, and empty for one that only a move has named yet."""

    __tablename__ = "objects_node"
    node_id: str = Field(primary_key=True)
    sort: str = ""
    is_object: bool = False
    number: str = ""
    name: str = ""
    kind: str = ""
    category: str | None = None
    serial_number: str | None = None
    value: Decimal | None = exact()
    first_parent_id: str | None = None
    first_site_id: str | None = None
    debtor_id: str | None = None
    internal: bool = False
    origin: str | None = None
    registered_on: date | None = None
    fields: dict[str, str] | None = Field(default=None, sa_type=JSON)
    address: dict[str, Any] | None = json()
    zone: str | None = None
    canton: str | None = None
    text: str = ""
    retired_on: date | None = None
    retired_because: str = ""
    revision: int = -1
    moved: bool = False
    moved_parent_id: str | None = None
    moved_site_id: str | None = None
    moved_on: date | None = None

    @property
    def parent_id(self) -> str | None:
        """Give where the node hangs now."""
        return self.moved_parent_id if self.moved else self.first_parent_id

    @property
    def site_id(self) -> str | None:
        """Give the nearest site above the node."""
        return self.moved_site_id if self.moved else self.first_site_id


class Customer(SQLModel, table=True):
    """What a customer's objects are found by."""

    __tablename__ = "objects_customer"
    party_id: str = Field(primary_key=True)
    text: str = ""


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ObjectRegistered() as fact:
            yield node(heard, fact.object_id, object_columns(fact))
        case SiteRegistered() as fact:
            yield node(heard, fact.site_id, site_columns(fact))
        case ObjectRetired() as fact:
            retired = {"retired_on": fact.retired_on, "retired_because": fact.reason}
            yield node(heard, fact.object_id, retired)
        case FieldValued() | MeterRead() as fact:
            yield node(heard, fact.object_id, {})
        case ResponsibilityAssigned() as fact:
            yield node(heard, fact.node_id, {})
        case NodeMoved() as fact:
            yield Put(Node, {"node_id": fact.node_id}, moved_columns(fact))
        case PartyRegistered() | PartyChanged() as fact:
            yield Put(Customer, {"party_id": fact.party_id}, {"text": folded(fact.number, fact.particulars.name)})


def node(heard: Heard[Any], node_id: str, columns: dict[str, Any]) -> Put:
    return Put(Node, {"node_id": node_id}, {**columns, "revision": heard.notice.revision})


def object_columns(fact: ObjectRegistered) -> dict[str, Any]:
    text = folded(fact.number, fact.name, fact.kind, fact.category, fact.serial_number)
    same = fact.model_dump(exclude={"type", "object_id", "parent_id", "site_id"})
    kind = {"sort": OBJECT, "is_object": True}
    return {**same, **kind, "first_parent_id": fact.parent_id, "first_site_id": fact.site_id, "text": text}


def site_columns(fact: SiteRegistered) -> dict[str, Any]:
    address = fact.address
    return {
        "sort": fact.kind,
        "number": fact.number,
        "name": fact.name,
        "kind": fact.kind,
        "first_parent_id": fact.parent_id,
        "debtor_id": fact.owner_id,
        "address": address.model_dump() if address else None,
        "zone": fact.zone,
        "canton": fact.canton,
        "text": folded(fact.number, fact.name, *address_words(address)),
    }


def address_words(address: Address | None) -> tuple[str, ...]:
    return (address.street, address.house_number, address.postcode, address.city) if address else ()


def moved_columns(fact: NodeMoved) -> dict[str, Any]:
    return {
        "moved": True,
        "moved_parent_id": fact.parent_id,
        "moved_site_id": fact.site_id,
        "moved_on": fact.valid_from,
    }


NODES: Final = ReadModel(
    name="objects.nodes",
    tables=(Node, Customer),
    hears=(
        ObjectRegistered,
        SiteRegistered,
        ObjectRetired,
        FieldValued,
        MeterRead,
        ResponsibilityAssigned,
        NodeMoved,
        PartyRegistered,
        PartyChanged,
    ),
    changes=changes,
    ddl=ddl,
    after=find_again,
)
