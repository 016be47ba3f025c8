"""What a person or a program may enter, and how much of it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ /-]{0,99}$")]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Currency: TypeAlias = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
TaxCodeName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Amount: TypeAlias = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
Markup: TypeAlias = Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]
UnitPrice: TypeAlias = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Day: TypeAlias = Annotated[date, Field(ge=date(1970, 1, 1), lt=date(2200, 1, 1))]
