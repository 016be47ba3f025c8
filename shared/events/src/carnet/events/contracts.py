"""What `contracts` publishes: the agreement in whole versions, what is due, promised and covered."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

from carnet.events.fact import Fact, Shares, Value

ContractKind = Literal["maintenance", "subscription", "licence"]


class Billing(Value):
    """When the fee is billed: periods of `every_months` from `anchor`, on their first day or after their last."""

    every_months: int
    anchor: date
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: int = 0


class Price(Value):
    """A fee a year that holds from a date to the position's next price."""

    valid_from: date
    fee: Decimal


class Position(Value):
    """One object under the contract, from its first to its last covered day."""

    position_id: str
    object_id: str
    first_day: date
    last_day: date | None = None
    prices: tuple[Price, ...] = ()
    text: str = ""


class Cycle(Value):
    """A service that comes back: occurrence k = anchor + k x every_months, clamped to month ends (R6)."""

    cycle_id: str
    position_id: str
    service: str
    every_months: int
    anchor: date
    persons: int = 1
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    tolerance_days: int = 0
    prepare_days_before: int = 30
    absorbs_within_tolerance: bool = False


class Coverage(Value):
    """What the fee includes: the order types, the visits a contract year (None: all), the share per kind (R9)."""

    order_types: tuple[str, ...] = ("maintenance",)
    visits: int | None = None
    shares: Shares = Shares()


class Reaction(Value):
    """How soon a technician is there, per priority, over the named service calendar (R7)."""

    priority: str
    within_minutes: int
    escalate_before_minutes: int | None = None
    calendar: str = "standard"


class ContractVersion(Value):
    """The whole agreement as of one version."""

    contract_id: str
    number: str
    kind: ContractKind
    version: int
    debtor_id: str
    contact_id: str | None = None
    currency: str = "CHF"
    start: date
    end: date | None = None
    billing: Billing | None = None
    positions: tuple[Position, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    coverage: Coverage = Coverage()
    reactions: tuple[Reaction, ...] = ()
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"
    anchored_to: Literal["nominal", "completed"] = "nominal"
    valid_from: date
    recorded: date


class ContractSigned(Fact):
    """A contract binds from its start on."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractSigned.v1"
    contract_id: str
    terms: ContractVersion


class ContractAmended(Fact):
    """A contract's new whole version; `reason` says what changed."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractAmended.v1"
    contract_id: str
    terms: ContractVersion
    reason: str = ""


class ContractRenewed(Fact):
    """A contract goes on for another term."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractRenewed.v1"
    contract_id: str
    terms: ContractVersion


class ContractTerminated(Fact):
    """A contract ends with its last covered day, which stands in its terms."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractTerminated.v1"
    contract_id: str
    terms: ContractVersion
    last_day: date


class ServiceDue(Fact):
    """A service is to be done: raised once an occurrence (position, cycle, k), `prepare_on` at the latest."""

    TYPE: ClassVar[str] = "carnet.contracts.ServiceDue.v1"
    occurrence_id: str
    contract_id: str
    contract_kind: ContractKind
    contract_version: int
    position_id: str
    cycle_id: str
    k: int
    object_id: str
    debtor_id: str
    contact_id: str | None = None
    service: str
    due_on: date
    prepare_on: date
    raised_on: date
    tolerance_days: int = 0
    persons: int = 1
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()


class ServiceSkipped(Fact):
    """An occurrence is closed without being done (R4)."""

    TYPE: ClassVar[str] = "carnet.contracts.ServiceSkipped.v1"
    occurrence_id: str
    contract_id: str
    object_id: str
    reason: str
    skipped_on: date | None = None


class ObligationExcused(Fact):
    """An occurrence need not be done, and the contract is still kept (B7)."""

    TYPE: ClassVar[str] = "carnet.contracts.ObligationExcused.v1"
    occurrence_id: str
    contract_id: str
    object_id: str
    reason: str
    excused_on: date | None = None


class ReactionPromised(Fact):
    """A technician is promised by `due_at`; both instants in UTC, `zone` gives the wall clock (R7)."""

    TYPE: ClassVar[str] = "carnet.contracts.ReactionPromised.v1"
    order_id: str
    object_id: str
    contract_id: str
    due_at: datetime
    escalate_at: datetime | None = None
    zone: str = "Europe/Zurich"


class CoverageDecided(Fact):
    """What a contract bears of one order, decided once (R9); no contract: nothing is covered."""

    TYPE: ClassVar[str] = "carnet.contracts.CoverageDecided.v1"
    order_id: str
    object_id: str
    contract_id: str | None = None
    contract_version: int | None = None
    covered: bool = False
    visit: int | None = None
    visits: int | None = None
    shares: Shares = Shares()
    service_date: date
