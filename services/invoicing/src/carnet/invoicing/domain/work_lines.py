"""Reported work is priced per item; a warranty comes before the contract, the contract before the price list (R9)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.invoicing.domain.money import to_cent
from carnet.invoicing.domain.price_list import ListPrice
from carnet.invoicing.domain.tax import ItemTax
from carnet.invoicing.domain.vat import STANDARD, DecidedBy, rate_on
from carnet.kernel.decider import Rejected

WorkKind: TypeAlias = Literal[
    "repair", "service", "travel_time", "km", "journey", "expense", "part", "minimum", "visit"
]
CostKind: TypeAlias = Literal["labour", "travel", "parts", "expense"]
COST_KIND: Mapping[WorkKind, CostKind] = MappingProxyType(
    {
        "repair": "labour",
        "service": "labour",
        "travel_time": "travel",
        "km": "travel",
        "journey": "travel",
        "expense": "expense",
        "part": "parts",
        "minimum": "labour",
        "visit": "labour",
    }
)


class WorkItem(BaseModel, frozen=True):
    """One reported quantity, without a price: hours, kilometres, pieces, or units of currency for an expense.

    A `journey` stands for what was reported of the way, a `minimum` for what an order lacks to the minimum charge,
    a `visit` for labour and travel at the contract's price.
    """

    item_id: str
    kind: WorkKind
    quantity: Decimal = Field(ge=0)
    service_date: date
    article: str | None = None
    object_id: str | None = None
    text: str = ""
    warranty: bool = False


class Charge(BaseModel, frozen=True):
    """The contract's price of one visit, net."""

    amount: Decimal = Field(ge=0)
    currency: str


class Coverage(BaseModel, frozen=True):
    """What the contract bears of an order, as a share of 1 per cost kind; a kind not named is not borne.

    A `visit_price` is billed for the completed visit.
    """

    contract_id: str | None = None
    contract_version: int | None = None
    visit: int | None = None
    visits: int | None = None
    shares: dict[CostKind, Decimal] = Field(default_factory=dict)
    visit_price: Charge | None = None


class WorkLine(BaseModel, frozen=True):
    """An item with its price, who bears how much of it, and what is left to bill (net)."""

    item_id: str
    kind: WorkKind
    cost_kind: CostKind
    text: str
    article: str | None = None
    object_id: str | None = None
    service_date: date
    quantity: Decimal
    unit_price: Decimal
    list_amount: Decimal
    borne_by: Literal["warranty", "contract", "price_list"]
    borne_share: Decimal
    net: Decimal
    vat_rate: Decimal
    tax_code: str = STANDARD
    tax_decided_by: DecidedBy = "article"
    price_list: ListPrice | None = None


def work_line(item: WorkItem, unit_prices: Mapping[str, Decimal], coverage: Coverage, tax: ItemTax) -> WorkLine:
    """Price an item by `unit_prices` (by item id): net = round(round(quantity x price) x (1 - share))."""
    cost_kind = COST_KIND[item.kind]
    unit_price = _unit_price(item, unit_prices, coverage)
    list_amount = to_cent(Fraction(item.quantity) * Fraction(unit_price))
    borne_by, share = _borne(item, coverage, cost_kind)
    rate = rate_on(tax.rates, item.service_date)
    return WorkLine(
        **item.model_dump(exclude={"warranty"}),
        cost_kind=cost_kind,
        unit_price=unit_price,
        list_amount=list_amount,
        borne_by=borne_by,
        borne_share=share,
        net=to_cent(Fraction(list_amount) * (1 - Fraction(share))),
        vat_rate=rate.rate,
        tax_code=rate.code,
        tax_decided_by=tax.decided_by,
    )


def _unit_price(item: WorkItem, unit_prices: Mapping[str, Decimal], coverage: Coverage) -> Decimal:
    if item.kind == "visit" and coverage.visit_price:
        return coverage.visit_price.amount
    if item.item_id in unit_prices:
        return unit_prices[item.item_id]
    if item.kind == "expense":
        return Decimal("1.00")  # an expense is reported in units of the currency
    name = item.text or item.kind
    raise Rejected(
        "Give {name} a price that holds on {day} before billing the order.", name=name, day=item.service_date
    )


def _borne(
    item: WorkItem, coverage: Coverage, cost_kind: CostKind
) -> tuple[Literal["warranty", "contract", "price_list"], Decimal]:
    if item.warranty:
        return "warranty", Decimal(1)
    if item.kind == "visit":
        return "contract", Decimal(0)  # the contract's price, of which it bears nothing
    share = coverage.shares.get(cost_kind, Decimal(0))
    return ("contract", share) if share else ("price_list", Decimal(0))


def minimum_line(order_id: str, lines: Sequence[WorkLine], minimum: Decimal) -> WorkLine | None:
    """Give what an order lacks to the minimum charge, net; None where nothing is billed, or enough.

    It bears the tax of the line that most of the order is billed by.
    """
    billed = sum((line.net for line in lines), Decimal(0))
    if not 0 < billed < minimum:
        return None
    main, lacking = max(lines, key=lambda line: line.net), to_cent(minimum - billed)
    return WorkLine(
        item_id=f"{order_id}/minimum",
        kind="minimum",
        cost_kind=COST_KIND["minimum"],
        text="",
        quantity=Decimal(1),
        unit_price=lacking,
        list_amount=lacking,
        borne_by="price_list",
        borne_share=Decimal(0),
        net=lacking,
        **main.model_dump(include={"object_id", "service_date", "vat_rate", "tax_code", "tax_decided_by"}),
    )
