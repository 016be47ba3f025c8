"""A fee line bills or credits one position, period and VAT rate, and carries its whole calculation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.domain.cover import Cover, Span
from carnet.invoicing.domain.due import Basis, Rate
from carnet.invoicing.domain.periods import Period
from carnet.invoicing.domain.vat import STANDARD, DecidedBy


class Proof(BaseModel, frozen=True):
    """How a line came about (B2): fractions are exact, as "numerator/denominator" of the currency unit.

    `part` is the fraction at the line's own rate; None says that this rate, the last one, takes the rest.
    """

    contract_version: int
    every_months: int
    period_days: int
    segments: Cover
    proration: Basis
    split: Basis
    fraction: str
    due_in_period: Decimal
    part: str | None = None
    due: Decimal
    billed_before: Decimal


class FeeLine(BaseModel, frozen=True):
    """A line of a document; `net` is positive, also on a credit note, which names the invoices it `corrects`."""

    position_id: str
    object_id: str | None = None
    text: str
    period: Period
    rate_since: date
    vat_rate: Decimal
    tax_code: str = STANDARD
    tax_decided_by: DecidedBy = "default"
    first_day: date
    last_day: date
    net: Decimal
    sequence: int = 1
    corrects: tuple[UUID, ...] = ()
    proof: Proof

    @property
    def line_id(self) -> str:
        """What the line is called on its document: it is unique among the contract's documents of a kind."""
        return f"{self.position_id}/{self.period.first_day}/{self.sequence}"

    @property
    def place(self) -> "Place":
        return self.position_id, self.period.first_day

    @property
    def key(self) -> "Key":
        return Key(*self.place, Rate(self.rate_since, self.vat_rate))


class Key(NamedTuple):
    """What billed amounts are kept by."""

    position_id: str
    period_start: date
    rate: Rate


class Reached(BaseModel, frozen=True):
    """The cover of a position and period as it stood at the last run that reached it."""

    position_id: str
    period_start: date
    proration: Basis
    cover: Cover


Place: TypeAlias = tuple[str, date]  # a position and the first day of a period


@dataclass(frozen=True)
class Billed:
    """What earlier runs billed and reached; a void leaves None for a place: all of it is open again.

    `claimed` gives the first and last day of all lines ever claimed under a key.
    """

    amounts: Mapping[Key, Decimal]
    reached: Mapping[Place, Reached | None]
    claimed: Callable[[Key], Span | None]
