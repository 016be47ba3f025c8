"""One change to a contract as its form says it: the change, or what is wrong with each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from carnet.contracts.domain.amendments import (
    AddPosition,
    Change,
    ChangeCoverage,
    ChangeCycles,
    ChangeNotice,
    RemovePosition,
    Reprice,
    RepriceVisit,
    Resume,
    Suspend,
)
from carnet.contracts.domain.terms import Coverage, Position, Price, Suspension, Terms, VisitPrice, in_force
from carnet.contracts.pages.contract_form import ANY_DAY, SEVERAL, UNKNOWN, notice_from, notice_typed
from carnet.contracts.pages.coverage_fields import coverage_from, coverage_typed
from carnet.contracts.pages.cycle_rows import CycleRows, cycles_typed, renamed
from carnet.contracts.pages.price_fields import holding, price_from, visit_price_from
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import Typed

What: TypeAlias = Literal[
    "add", "remove", "reprice", "reprice_visit", "cycles", "coverage", "notice", "suspend", "resume"
]
WHATS: Final[tuple[What, ...]] = get_args(What)
NO_PRICE: Final = told("Name the fee a year, or the value of the object and its share.")
NO_SHARES: Final = told("Name at least one share in percent; 0 ends the coverage.")
#: The field of the form for the last word of what a refusal names.
NAMED: Final = {"position_id": "position_id", "cycles": "service_0", "anchor": "day", "last_day": "last_day"}


@dataclass(frozen=True)
class ChangeForm:
    """`ids` are the objects that were found for what was typed as the object of a position that is added."""

    typed: Typed
    terms: Terms
    ids: list[str]

    @property
    def what(self) -> What:
        return chosen(self.typed.values.get("what", ""))

    def change(self) -> Change:
        """Give the change; it holds only where `typed.errors` stays empty."""
        match self.what:
            case "add":
                return AddPosition(position=self.position())
            case "remove":
                return RemovePosition(position_id=self.named(), last_day=self.day())
            case "reprice":
                return Reprice(position_id=self.named(), price=self.price())
            case "reprice_visit":
                return RepriceVisit(position_id=self.named(), visit_price=self.visit_price())
            case "cycles":
                return self.cycles()
            case _:
                return self.of_the_contract()

    def of_the_contract(self) -> Change:
        match self.what:
            case "coverage":
                return ChangeCoverage(coverage=self.coverage())
            case "notice":
                return ChangeNotice(valid_from=self.day(), notice=notice_from(self.typed))
            case "suspend":
                return Suspend(suspension=Suspension(first_day=self.day(), last_day=self.typed.day("last_day")))
            case _:
                return Resume(first_day=self.day())

    def day(self) -> date:
        self.typed.needed("day")
        return self.typed.day("day") or ANY_DAY

    def named(self) -> str:
        return self.typed.needed("position_id") or "?"

    def price(self) -> Price:
        price = price_from(self.typed, self.day())
        if price is None:
            self.typed.errors.setdefault("fee", NO_PRICE)
        return price or Price(valid_from=ANY_DAY, fee=0)

    def visit_price(self) -> VisitPrice:
        self.typed.needed("visit")
        return visit_price_from(self.typed, self.day()) or VisitPrice(valid_from=ANY_DAY, amount=0)

    def coverage(self) -> Coverage:
        found = coverage_from(self.typed, self.day(), self.terms.kind)
        if found is None:
            self.typed.errors.setdefault("labour", NO_SHARES)
        return found or Coverage(valid_from=ANY_DAY)

    def cycles(self) -> Change:
        rows = CycleRows(self.typed, "", self.terms.kind, self.day())
        position = position_named(self.terms, self.named())
        return ChangeCycles(position_id=self.named(), plan=renamed(rows.plan(), position) if position else rows.plan())

    def position(self) -> Position:
        day = self.day()
        price, visit = price_from(self.typed, day), visit_price_from(self.typed, day)
        return Position(
            position_id=self.named(),
            object_id=self.object_id(),
            first_day=day,
            last_day=self.typed.day("last_day"),
            text=self.typed.text("text"),
            prices=(price,) if price else (),
            visit_prices=(visit,) if visit else (),
            plans=CycleRows(self.typed, "", self.terms.kind, day).plans(),
        )

    def object_id(self) -> str:
        if self.typed.needed("object_id") and len(self.ids) != 1:
            self.typed.errors["object_id"] = SEVERAL if self.ids else UNKNOWN
        return self.ids[0] if self.ids else "?"

    def field_of(self, refused: str) -> str:
        """Give the field for what a refusal names, as `positions.B.prices`; "" for what names none."""
        return NAMED.get(refused.rsplit(".", 1)[-1], "day") if refused else ""


def chosen(what: str) -> What:
    """Give what changes; another position where the word is none of the form's."""
    return what if what in WHATS else "add"


def position_named(terms: Terms, position_id: str) -> Position | None:
    return next((each for each in terms.positions if each.position_id == position_id), None)


def begun(what: What, terms: Terms, position_id: str, today: date) -> dict[str, str]:
    """Give what the form begins with: what holds today of that which is to change."""
    position = position_named(terms, position_id) or (terms.positions[0] if what != "add" and terms.positions else None)
    typed: Mapping[str, object] = {"what": what, "position_id": position.position_id if position else next_id(terms)}
    typed = {**typed, **held(what, terms, position, today)}
    return {name: str(value) for name, value in typed.items()}


def next_id(terms: Terms) -> str:
    """Give a name that no position has yet."""
    taken = {each.position_id for each in terms.positions}
    return next(str(n) for n in range(len(taken) + 1, 2 * len(taken) + 2) if str(n) not in taken)


def held(what: What, terms: Terms, position: Position | None, today: date) -> Mapping[str, object]:
    if what == "coverage":
        return coverage_typed(in_force(terms.coverages, max(today, terms.start)))
    if what == "notice":
        return notice_typed(terms.notice)
    return of_position(what, position, max(today, position.first_day)) if position else {}


def of_position(what: What, position: Position, day: date) -> Mapping[str, object]:
    if what in ("reprice", "reprice_visit"):
        return holding(position, day)
    plan = in_force(position.plans, day) if what == "cycles" else None
    return cycles_typed(plan.cycles, "") if plan else {}
