"""What `contracts` publishes: the agreement in whole versions, what is due, promised and covered."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from carnet.events.fact import Code, Count, Fact, Id, Positive, Quantity, Shares, Value, Zone

ContractKind = Literal["maintenance", "subscription", "licence"]
Months: TypeAlias = Annotated[int, Field(ge=1, le=1200)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=3660)]
Minutes: TypeAlias = Annotated[int, Field(ge=1, le=6000)]
Persons: TypeAlias = Annotated[int, Field(ge=1, le=50)]


class Billing(Value):
    """When the fee is billed: periods of `every_months` from `anchor`, on their first day or after their last."""

    every_months: Months
    anchor: date
    timing: Literal["in_advance", "in_arrears"] = "in_advance"
    bill_days_before: Days = 0


class Price(Value):
    """A fee a year that holds from a date to the position's next price; as a share of a value it is not rounded."""

    valid_from: date
    fee: Decimal
    value: Decimal | None = None
    share: Decimal | None = None


class VisitPrice(Value):
    """The price of each planned visit, net, instead of labour and travel, from a date to the next later one."""

    valid_from: date
    amount: Quantity


class Charge(Value):
    """The price of one visit, net."""

    amount: Quantity
    currency: str


class Position(Value):
    """One object under the contract, from its first to its last covered day."""

    position_id: Code
    object_id: Code
    first_day: date
    last_day: date | None = None
    prices: tuple[Price, ...] = ()
    visit_prices: tuple[VisitPrice, ...] = ()
    text: str = ""


class Cycle(Value):
    """A service that comes back: occurrence k = anchor + k x every_months, clamped to month ends (R6).

    `minutes` is what a visit takes each person as a standard.
    """

    cycle_id: Code
    position_id: Code
    service: Code
    every_months: Months
    anchor: date
    persons: Persons = 1
    skills: tuple[Code, ...] = ()
    equipment: tuple[Code, ...] = ()
    tolerance_days: Days = 0
    prepare_days_before: Days = 30
    absorbs_within_tolerance: bool = False
    minutes: Minutes | None = None


class Coverage(Value):
    """What the fee includes: the order types, the visits a contract year (None: all), the share per kind (R9)."""

    order_types: tuple[str, ...] = ("maintenance",)
    visits: Count | None = None
    shares: Shares = Shares()


class Reaction(Value):
    """How soon a technician is there, per priority, over the named service calendar (R7)."""

    priority: Code
    within_minutes: Positive
    escalate_before_minutes: Count | None = None
    calendar: Code = "standard"


class Notice(Value):
    """Months before the term's end; without a notice by then the term is renewed for so many (None: it ends)."""

    months: Annotated[int, Field(ge=0, le=1200)]
    renews_for_months: Months | None = None


class Suspension(Value):
    """Days, both included (no last day: until it is resumed), on which no service falls due."""

    first_day: date
    last_day: date | None = None


class ContractVersion(Value):
    """The whole agreement as of one version; `suspended_fee` says whether the fee goes on for suspended days."""

    contract_id: Id
    number: str
    kind: ContractKind
    version: Positive
    debtor_id: Code
    contact_id: Code | None = None
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
    suspensions: tuple[Suspension, ...] = ()
    suspended_fee: Literal["not_due", "due"] = "not_due"
    notice: Notice | None = None
    valid_from: date
    recorded: date


class ContractSigned(Fact):
    """A contract binds from its start on."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractSigned.v1"
    contract_id: Id
    terms: ContractVersion


class ContractAmended(Fact):
    """A contract's new whole version; `reason` says what changed."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractAmended.v1"
    contract_id: Id
    terms: ContractVersion
    reason: str = ""


class ContractRenewed(Fact):
    """A contract goes on for another term."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractRenewed.v1"
    contract_id: Id
    terms: ContractVersion


class ContractTerminated(Fact):
    """A contract ends with its last covered day, which stands in its terms."""

    TYPE: ClassVar[str] = "carnet.contracts.ContractTerminated.v1"
    contract_id: Id
    terms: ContractVersion
    last_day: date
    extraordinary: bool = False
    reason: str = ""


class ServiceDue(Fact):
    """A service is to be done: raised once an occurrence (position, cycle, k), `prepare_on` at the latest."""

    TYPE: ClassVar[str] = "carnet.contracts.ServiceDue.v1"
    occurrence_id: Id
    contract_id: Id
    contract_kind: ContractKind
    contract_version: Positive
    position_id: Code
    cycle_id: Code
    k: Count
    object_id: Code
    debtor_id: Code
    contact_id: Code | None = None
    service: Code
    due_on: date
    prepare_on: date
    raised_on: date
    tolerance_days: Days = 0
    persons: Persons = 1
    skills: tuple[Code, ...] = ()
    equipment: tuple[Code, ...] = ()
    minutes: Minutes | None = None


class ServiceSkipped(Fact):
    """An occurrence is closed without being done (R4)."""

    TYPE: ClassVar[str] = "carnet.contracts.ServiceSkipped.v1"
    occurrence_id: Id
    contract_id: Id
    object_id: Code
    reason: str
    skipped_on: date | None = None


class ObligationExcused(Fact):
    """An occurrence need not be done, and the contract is still kept (B7)."""

    TYPE: ClassVar[str] = "carnet.contracts.ObligationExcused.v1"
    occurrence_id: Id
    contract_id: Id
    object_id: Code
    reason: str
    excused_on: date | None = None


class ReactionPromised(Fact):
    """A technician is promised by `due_at`; both instants in UTC, `zone` gives the wall clock (R7)."""

    TYPE: ClassVar[str] = "carnet.contracts.ReactionPromised.v1"
    order_id: Id
    object_id: Code
    contract_id: Id
    due_at: datetime
    escalate_at: datetime | None = None
    zone: Zone = "Europe/Zurich"


class CoverageDecided(Fact):
    """What a contract bears of one order, decided once (R9); no contract: nothing is covered.

    A `visit_price` is billed when the visit is completed, instead of its labour and travel.
    """

    TYPE: ClassVar[str] = "carnet.contracts.CoverageDecided.v1"
    order_id: Id
    object_id: Code
    contract_id: str | None = None
    contract_version: Positive | None = None
    covered: bool = False
    visit: Count | None = None
    visits: Count | None = None
    shares: Shares = Shares()
    service_date: date
    visit_price: Charge | None = None
