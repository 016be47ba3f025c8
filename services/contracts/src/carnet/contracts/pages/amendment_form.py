"""One change as the form of the contract's page says it."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from fastapi import Form
from pydantic import BaseModel, Field, field_validator, model_validator

from carnet.contracts.domain.amendments import (
    AddPosition,
    Change,
    ChangeNotice,
    RemovePosition,
    Reprice,
    RepriceVisit,
    Resume,
    Suspend,
)
from carnet.contracts.domain.terms import (
    PREPARE_DAYS,
    Cycle,
    CyclePlan,
    Id,
    Kind,
    Notice,
    Position,
    Price,
    Suspension,
    VisitPrice,
    price_of_share,
)
from carnet.kernel.decider import Rejected

Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
TOLERANCE = 10  # days within which a visit of the form's service may be planned


class ChangeForm(BaseModel):
    """`day` is the first day of a position, its last covered day, the day from which a fee holds, or the first day of
    a suspension or after it; `last_day` ends a suspension. The fee may be a `share`, in percent, of a `value`.
    """

    what: Literal["add", "remove", "reprice", "reprice_visit", "notice", "suspend", "resume"]
    position_id: str = Field(default="", max_length=100)
    day: Day
    object_id: str = ""
    fee: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    value: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    share: Decimal | None = Field(default=None, ge=0, le=100, decimal_places=5)
    visit: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    service: str = ""
    every_months: int | None = Field(default=None, ge=1, le=1200)
    persons: int | None = Field(default=None, ge=1, le=50)
    minutes: int | None = Field(default=None, ge=1, le=6000)
    anchor: Day | None = None
    last_day: Day | None = None
    notice_months: int | None = Field(default=None, ge=0, le=1200)
    renews_for: int | None = Field(default=None, ge=1, le=1200)

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, typed: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in typed.items() if value != ""}

    @field_validator("fee", "value", "share", "visit", mode="before")
    @classmethod
    def _as_written(cls, value: object) -> object:
        """Read 1'320.00 and 1 320,00 as the person means them."""
        if not isinstance(value, str):
            return value
        try:
            return Decimal(value.replace("’", "").replace("'", "").replace(" ", "").replace(",", "."))
        except InvalidOperation as error:
            raise ValueError("write an amount such as 1320.00") from error

    def change(self, kind: Kind) -> Change:
        """Give the change; raises Rejected for one that lacks its object or its fee."""
        match self.what:
            case "add":
                return AddPosition(position=self.position(kind))
            case "remove":
                return RemovePosition(position_id=self.named(), last_day=self.day)
            case "reprice":
                return Reprice(position_id=self.named(), price=self.price())
            case "reprice_visit":
                return RepriceVisit(position_id=self.named(), visit_price=self.visit_price())
            case _:
                return self.of_the_contract()

    def of_the_contract(self) -> Change:
        match self.what:
            case "notice":
                return ChangeNotice(valid_from=self.day, notice=self.notice())
            case "suspend":
                return Suspend(suspension=Suspension(first_day=self.day, last_day=self.last_day))
            case _:
                return Resume(first_day=self.day)

    def notice(self) -> Notice | None:
        """Give what is agreed; nothing where no months are named."""
        if self.notice_months is None:
            return None
        return Notice(months=self.notice_months, renews_for_months=self.renews_for)

    def named(self) -> Id:
        if not self.position_id:
            raise Rejected("Name the position.")
        return self.position_id

    def price(self) -> Price:
        if self.value is not None and self.share is not None:
            return price_of_share(self.day, self.value, self.share / 100)
        if self.fee is None:
            raise Rejected("Name the fee a year, or the value of the object and its share.")
        return Price(valid_from=self.day, fee=self.fee)

    def visit_price(self) -> VisitPrice:
        if self.visit is None:
            raise Rejected("Name the price per visit.")
        return VisitPrice(valid_from=self.day, amount=self.visit)

    def position(self, kind: Kind) -> Position:
        if not self.object_id:
            raise Rejected("Choose the object that the position covers.")
        return Position(
            position_id=self.named(),
            object_id=self.object_id,
            first_day=self.day,
            prices=(self.price(),) if self.visit is None or self.fee or self.value else (),
            visit_prices=(self.visit_price(),) if self.visit is not None else (),
            plans=self.plans(kind),
        )

    def plans(self, kind: Kind) -> tuple[CyclePlan, ...]:
        if self.every_months is None:
            return ()
        service = Cycle(
            cycle_id=self.service or "service",
            service=self.service or "service",
            every_months=self.every_months,
            anchor=self.anchor or self.day,
            persons=self.persons or 1,
            minutes=self.minutes,
            tolerance_days=TOLERANCE,
            prepare_days_before=PREPARE_DAYS[kind],
        )
        return (CyclePlan(valid_from=self.day, cycles=(service,)),)


Submitted = Annotated[ChangeForm, Form()]
