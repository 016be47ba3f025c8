"""What a debtor owes and has in favour: open items, and credits not yet used, per currency."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.domain.money import NOTHING
from carnet.kernel.layers import Layers

Hold: TypeAlias = Literal["disputed", "parked"]


class Applied(BaseModel, frozen=True):
    """The part of a payment or credit that went to one open item."""

    item_id: UUID
    amount: Decimal


class OpenItem(BaseModel, frozen=True):
    """An invoice, or a charge of a reminder, with what is still open of it."""

    item_id: UUID
    debtor_id: str
    number: str
    kind: Literal["invoice", "charge"]
    currency: str
    language: str
    issued_on: date
    due_on: date
    amount: Decimal
    open_amount: Decimal
    hold: Hold | None = None
    voided: bool = False
    level: int = 0
    reminded_on: date | None = None


@dataclass(frozen=True)
class Ledger:
    """Items by id; `in_favour` is what payments and credits left over, by currency."""

    items: Layers[UUID, OpenItem] = field(default_factory=Layers)
    in_favour: Layers[str, Decimal] = field(default_factory=Layers)

    def open_in(self, currency: str) -> list[OpenItem]:
        """Open items of a currency, the oldest due date first."""
        found = [i for i in self.items.values() if i.currency == currency and i.open_amount > 0]
        return sorted(found, key=lambda item: (item.due_on, item.issued_on, item.number))

    def favour(self, currency: str) -> Decimal:
        return self.in_favour.get(currency, NOTHING)

    def with_item(self, item: OpenItem) -> "Ledger":
        return replace(self, items=self.items | {item.item_id: item})

    def with_favour(self, currency: str, amount: Decimal) -> "Ledger":
        return replace(self, in_favour=self.in_favour | {currency: self.favour(currency) + amount})

    def apply(self, applied: Iterable[Applied]) -> "Ledger":
        """Lower the open amounts (negative amounts raise them again)."""
        ledger = self
        for part in applied:
            item = ledger.items[part.item_id]
            ledger = ledger.with_item(item.model_copy(update={"open_amount": item.open_amount - part.amount}))
        return ledger


def spread(amount: Decimal, wanted: Iterable[tuple[OpenItem, Decimal]]) -> tuple[Applied, ...]:
    """Give an amount to items in turn, to each at most what is wanted and what is open."""
    applied, left = [], amount
    for item, share in wanted:
        part = min(left, share, item.open_amount)
        if part > 0:
            applied.append(Applied(item_id=item.item_id, amount=part))
            left -= part
    return tuple(applied)


def total(applied: Iterable[Applied]) -> Decimal:
    return sum((part.amount for part in applied), NOTHING)
