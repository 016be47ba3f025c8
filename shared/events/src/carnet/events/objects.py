"""What `objects` publishes: parties, sites, the object tree, fields, meters, tasks and leads."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from carnet.events.fact import Address, Fact, Id, Zone

NodeKind = Literal["project", "site", "place", "object"]


class PartyRegistered(Fact):
    """A customer, owner or property manager is known. Only these events carry names and addresses (rule 18)."""

    TYPE: ClassVar[str] = "carnet.objects.PartyRegistered.v1"
    party_id: Id
    number: str
    name: str
    natural_person: bool = False
    language: Literal["fr", "de", "en"] = "fr"
    address: Address | None = None
    email: str | None = None
    telephone: str | None = None


class PartyChanged(PartyRegistered):
    """A party's data as they are now, whole."""

    TYPE: ClassVar[str] = "carnet.objects.PartyChanged.v1"


class SiteRegistered(Fact):
    """A project, site, building or place stands where objects are; `zone` gives its wall-clock times."""

    TYPE: ClassVar[str] = "carnet.objects.SiteRegistered.v1"
    site_id: Id
    number: str
    name: str
    address: Address | None = None
    zone: Zone = "Europe/Zurich"
    canton: str | None = None
    owner_id: str | None = None
    kind: NodeKind = "site"
    parent_id: str | None = None


class ObjectRegistered(Fact):
    """An object is in the tree. `debtor_id` is who pays for its work; `internal` objects have no customer (S2)."""

    TYPE: ClassVar[str] = "carnet.objects.ObjectRegistered.v1"
    object_id: Id
    number: str
    name: str
    kind: str
    category: str | None = None
    parent_id: str | None = None
    site_id: str | None = None
    debtor_id: str | None = None
    internal: bool = False
    serial_number: str | None = None
    value: Decimal | None = None
    origin: str | None = None  # the sales or production order it came from
    registered_on: date | None = None
    fields: dict[str, str] = Field(default={})  # the extra fields' first values


class ObjectMoved(Fact):
    """An object, or a site by its id, hangs elsewhere in the tree; None as parent is the top."""

    TYPE: ClassVar[str] = "carnet.objects.ObjectMoved.v1"
    object_id: Id
    parent_id: str | None
    site_id: str | None = None
    valid_from: date | None = None


class ObjectRetired(Fact):
    """An object is out of use from this day on."""

    TYPE: ClassVar[str] = "carnet.objects.ObjectRetired.v1"
    object_id: Id
    retired_on: date
    reason: str = ""


class ResponsibilityAssigned(Fact):
    """A party is owner, property manager or contact of an object or a site, from a day on (S86, S87)."""

    TYPE: ClassVar[str] = "carnet.objects.ResponsibilityAssigned.v1"
    node_id: str
    role: Literal["owner", "manager", "contact"]
    party_id: str
    valid_from: date | None = None


class FieldValued(Fact):
    """An extra field of an object has this value from a day on (S88, S89)."""

    TYPE: ClassVar[str] = "carnet.objects.FieldValued.v1"
    object_id: Id
    field: str
    value: str
    valid_from: date | None = None


class MeterRead(Fact):
    """A meter of an object showed this reading."""

    TYPE: ClassVar[str] = "carnet.objects.MeterRead.v1"
    object_id: Id
    meter: str
    reading: Decimal
    read_on: date


class TaskRaised(Fact):
    """Something remains to be done on an object (S35, S38); `order_id` where it was seen in an order (S37)."""

    TYPE: ClassVar[str] = "carnet.objects.TaskRaised.v1"
    task_id: Id
    object_id: Id
    text: str
    raised_on: date
    due_on: date | None = None
    order_id: str | None = None


class TaskDone(Fact):
    """A pending task is no longer pending."""

    TYPE: ClassVar[str] = "carnet.objects.TaskDone.v1"
    task_id: Id
    object_id: Id
    done_on: date


class LeadRaised(Fact):
    """A pending task became a lead for sales (S36), with its expected amount."""

    TYPE: ClassVar[str] = "carnet.objects.LeadRaised.v1"
    lead_id: Id
    task_id: Id
    object_id: Id
    text: str
    amount: Decimal
    currency: str = "CHF"
    raised_on: date
