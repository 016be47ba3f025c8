"""Work as a technician reports it: quantities by kind, never prices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, StringConstraints, model_validator

Text: TypeAlias = Annotated[str, StringConstraints(max_length=2000)]
Code: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100)]
OrderType = Literal["maintenance", "subscription", "fault", "internal"]
WorkKind = Literal["repair", "service", "travel_time", "km", "expense", "part"]
TIME: frozenset[WorkKind] = frozenset({"repair", "service", "travel_time"})


class Item(BaseModel, frozen=True):
    """A quantity of one kind: hours, km, an expense's amount, or pieces of an article; `warranty`: we bear it."""

    kind: WorkKind
    quantity: Decimal = Field(gt=0, max_digits=12, decimal_places=3)
    article: Code | None = None
    text: Text = ""
    warranty: bool = False

    @model_validator(mode="after")
    def part_has_article(self) -> Self:
        if self.kind == "part" and self.article is None:
            raise ValueError("a part names its article")
        return self


class Needs(BaseModel, frozen=True):
    """What an order asks for: how many persons, skills that each of them has, and kinds of equipment."""

    persons: int = Field(default=1, ge=1, le=50)
    skills: tuple[Code, ...] = ()
    equipment: tuple[Code, ...] = ()


def hours(items: Iterable[Item]) -> dict[str, Decimal]:
    """Give the hours by kind of time."""
    return totals((item.kind, item.quantity) for item in items if item.kind in TIME)


def pieces(items: Iterable[Item]) -> dict[str, Decimal]:
    """Give the pieces by article of the parts that were used."""
    return totals((item.article or "", item.quantity) for item in items if item.kind == "part")


def totals(quantities: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for key, quantity in quantities:
        sums[key] = sums.get(key, Decimal(0)) + quantity
    return sums


def change(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Give what must be added to `before` to get `after`, by key; what stays is left out."""
    keys = sorted(before.keys() | after.keys())
    differences = ((key, after.get(key, Decimal(0)) - before.get(key, Decimal(0))) for key in keys)
    return [(key, difference) for key, difference in differences if difference]
