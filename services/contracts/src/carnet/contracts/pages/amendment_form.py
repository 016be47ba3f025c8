"""One change as the form of the contract's page says it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias, cast, get_args

from fastapi import Depends, Request

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
from carnet.kernel.web.problems import BadRequest
from carnet.kernel.web.typed import MISSING, SHARE_DECIMALS, Typed

TOLERANCE: Final = 10  # days within which a visit of the form's service may be planned
HUNDRED: Final = Decimal(100)
COUNTS: Final = {
    "every_months": (1, 1200),
    "persons": (1, 50),
    "minutes": (1, 6000),
    "notice_months": (0, 1200),
    "renews_for": (1, 1200),
}
What: TypeAlias = Literal["add", "remove", "reprice", "reprice_visit", "notice", "suspend", "resume"]


@dataclass(frozen=True)
class ChangeForm:
    """`day` is the first day of a position, its last covered day, the day from which a fee holds, or the first day of
    a suspension or after it; `last_day` ends a suspension. The fee may be a `share`, in percent, of a `value`.
    """

    what: What
    position_id: str
    day: date
    object_id: str
    fee: Decimal | None
    value: Decimal | None
    share: Decimal | None
    visit: Decimal | None
    service: str
    every_months: int | None
    persons: int | None
    minutes: int | None
    anchor: date | None
    last_day: date | None
    notice_months: int | None
    renews_for: int | None

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
            return price_of_share(self.day, self.value, self.share / HUNDRED)
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


async def submitted(request: Request) -> ChangeForm:
    """Read the form; 422 names the first field that is wrong, and says how to write it."""
    typed = Typed({name: str(value) for name, value in (await request.form()).items()})
    form = read(typed)
    for field, sentence in typed.errors.items():
        raise BadRequest(field, sentence)
    return form


def read(typed: Typed) -> ChangeForm:
    """Give what the form says; it holds only where `typed.errors` stays empty."""
    what = typed.needed("what")
    if what not in get_args(What):
        typed.errors["what"] = MISSING
    typed.needed("day")
    values: dict[str, Any] = {
        **{name: typed.text(name) for name in ("position_id", "object_id", "service")},
        **{name: typed.amount(name) for name in ("fee", "value", "visit")},
        **{name: typed.day(name) for name in ("anchor", "last_day")},
        **{name: typed.count(name, *bounds) for name, bounds in COUNTS.items()},
    }
    share = typed.amount("share", HUNDRED, SHARE_DECIMALS)
    return ChangeForm(what=cast("What", what), day=typed.day("day") or date.min, share=share, **values)


Submitted = Annotated[ChangeForm, Depends(submitted)]
