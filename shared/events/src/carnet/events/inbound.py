"""Facts from other systems, by bus or by HTTP with the same models; `id` is the sender's, the idempotency key."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from carnet.events.contracts import Billing, ContractKind
from carnet.events.fact import Code, Fact, Quantity, Value


class SoldContract(Value):
    """The contract that a sales order brings with it (S44): one position for the sold object."""

    number: Code
    kind: ContractKind
    start: date
    end: date | None = None
    fee: Quantity
    billing: Billing


class SalesOrder(Fact):
    """A customer bought something that we look after from now on (S8, S43)."""

    TYPE: ClassVar[str] = "carnet.inbound.SalesOrder.v1"
    TOPIC: ClassVar[str] = "carnet.inbound.sales.v1"
    id: str
    number: str
    ordered_on: date
    customer_number: str
    object_number: str
    object_name: str
    object_kind: str
    parent_number: str | None = None
    contract: SoldContract | None = None


class BillOfMaterials(Value):
    """One article of a production order with its parts; a `serviceable` one becomes an object (S45)."""

    article: str
    name: str
    kind: str = "component"
    serviceable: bool = True
    quantity: Decimal = Decimal(1)
    serial_number: str | None = None
    parts: tuple["BillOfMaterials", ...] = ()


class ProductionOrder(Fact):
    """A machine was built and delivered: its bill of materials becomes a branch of the tree."""

    TYPE: ClassVar[str] = "carnet.inbound.ProductionOrder.v1"
    TOPIC: ClassVar[str] = "carnet.inbound.production.v1"
    id: str
    number: str
    finished_on: date
    customer_number: str
    parent_number: str | None = None
    product: BillOfMaterials


class Absence(Fact):
    """A technician is away (S25-S28); both instants in UTC, half-open."""

    TYPE: ClassVar[str] = "carnet.inbound.Absence.v1"
    TOPIC: ClassVar[str] = "carnet.inbound.absences.v1"
    id: str
    technician_number: str
    kind: Literal["holidays", "military_service", "sick_leave", "training", "other"]
    starts_at: datetime
    ends_at: datetime
