"""What requests of this context have in common."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict

from carnet.invoicing.billing.entries import Day, TaxCodeName
from carnet.kernel.web.identity import Person, require

Bookkeeper: TypeAlias = Annotated[Person, require("bookkeeper")]


class Body(BaseModel):
    """A request's body; a field that nobody knows is refused, so that a slip of the pen is seen."""

    model_config = ConfigDict(extra="forbid")


class TaxCodeFrom(Body):
    """A tax code that holds from a day of service until the next one (R3)."""

    valid_from: Day
    code: TaxCodeName


class Dated(Body):
    """The day of a run; without one it is the business day."""

    date: Day | None = None
