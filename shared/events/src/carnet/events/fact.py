"""What every published event and inbound fact is: a frozen model with a name that lives for ever."""

from decimal import Decimal
from typing import Annotated, ClassVar, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema


def zone_known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{zone!r} is no time zone such as Europe/Zurich") from None
    return zone


Id: TypeAlias = Annotated[str, Field(pattern=r"^[ -~]{1,200}$")]
"""The id of what the telling context keeps itself: it names a stream there, so a consumer may name one after it."""
Code: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]
"""What a thing is named by: a number, a code, the id that another context keeps it under."""
Count: TypeAlias = Annotated[int, Field(ge=0, lt=2**31)]
"""A number of things, which any database takes."""
Positive: TypeAlias = Annotated[int, Field(ge=1, lt=2**31)]
Zone: TypeAlias = Annotated[str, AfterValidator(zone_known)]
"""A time zone by its IANA name."""
Quantity: TypeAlias = Annotated[
    Decimal, Field(ge=0), WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}, mode="serialization")
]
"""An amount or a quantity that is not below zero."""


class Fact(BaseModel):
    """A published event's data. Unknown fields are ignored, so that a producer may add some (rule 17).

    What is wrong with one is said without its values, which may be of persons: it ends in logs and notes (promise 18).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

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
