"""The words of a scenario of kind `billing`: a contract, and what becomes known of it step by step."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from carnet.contracts.domain.terms import Billing, Id, Kind
from carnet.invoicing.domain.money import DocumentKind
from carnet.runner.simulate.given import Billed, Given
from carnet.runner.simulate.values import Amount, Currency, Day, LastDay


class Position(Given):
    """An object under contract at a fee a year."""

    id: Id
    fee: Amount
    per: Literal["year"] = "year"
    first_day: Day = Field(alias="from")
    last_day: LastDay | None = Field(None, alias="to")


class Rhythm(Billing, frozen=True, extra="forbid"):
    """Billing as a file may tell it: an interval of at most a century, as it is published."""

    every_months: int = Field(ge=1, le=1200)
    anchor: Day


class Contract(Given):
    kind: Kind
    currency: Currency
    start: Day
    end: LastDay | None = None
    billing: Rhythm
    positions: tuple[Position, ...]
    proration: Literal["days", "months"] = "days"
    refund: Literal["prorated", "none"] = "prorated"


class Step(Given):
    """Something that becomes known; `recorded` says when, and changes nothing."""

    recorded: Day | None = None


class Bill(Step):
    step: Literal["bill"]
    run_date: Day


class Add(Step):
    step: Literal["add"]
    position: Position


class Remove(Step):
    step: Literal["remove"]
    id: Id
    last_day: Day


class Reprice(Step):
    step: Literal["reprice"]
    id: Id
    fee: Amount
    since: Day = Field(alias="from")


class Terminate(Step):
    step: Literal["terminate"]
    last_day: Day


class Extend(Step):
    step: Literal["extend"]
    last_day: Day


class Void(Step):
    """The document of that type that the run of that date made."""

    step: Literal["void"]
    run_date: Day
    type: DocumentKind


def named(told: Any) -> Any:
    """Put the name of a step, which stands before it, into it."""
    if not isinstance(told, Mapping) or len(told) != 1:
        raise ValueError("a step has one name: bill, add, remove, reprice, terminate, extend or void")
    ((name, values),) = told.items()
    return {"step": name, **values} if isinstance(values, Mapping) else told


AnyStep = Annotated[
    Annotated[Bill | Add | Remove | Reprice | Terminate | Extend | Void, Field(discriminator="step")],
    BeforeValidator(named),
]


class FeeStory(Billed):
    contract: Contract
    steps: tuple[AnyStep, ...]
