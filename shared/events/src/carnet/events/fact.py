"""What every published event and inbound fact is: a frozen model with a name that lives for ever."""

from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """A published event's data. Unknown fields are ignored, so that a producer may add some (rule 17)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]


class Value(BaseModel):
    """A part of a fact."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Address(Value):
    """A structured postal address (QR-bill type S); `care_of` receives the post for the addressee."""

    street: str
    house_number: str = ""
    postcode: str
    city: str
    country: str = "CH"
    care_of: str | None = None


class Shares(Value):
    """The share of each kind of cost that a contract bears, 0 to 1; a kind not named is 0 (R9)."""

    labour: Decimal = Decimal(0)
    travel: Decimal = Decimal(0)
    parts: Decimal = Decimal(0)
    expense: Decimal = Decimal(0)
