"""A contract as the form says it: terms, or what is wrong with each field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args

from carnet.contracts.domain.terms import (
    PREPARE_DAYS,
    Billing,
    Kind,
    Notice,
    Parties,
    Position,
    Price,
    Terms,
    VisitPrice,
)
from carnet.contracts.pages.coverage_fields import coverage_from
from carnet.contracts.pages.cycle_rows import CycleRows
from carnet.contracts.pages.price_fields import price_from, visit_price_from
from carnet.contracts.pages.reaction_rows import reactions_from
from carnet.contracts.pages.rows import rows_of
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import Typed

ANY_DAY: Final = date(2000, 1, 1)  # stands in for a day that is missing: the form is refused then
UNKNOWN: Final = told("Nothing of this name or number is known here.")
SEVERAL: Final = told("Several are called so: write the number.")
NO_POSITION: Final = told("Name at least one object that the contract covers.")
CHOICES: Final = ("proration", "refund", "anchored_to", "suspended_fee")
#: The field of the form for what a refusal names; those of a position are found by `field_of`.
NAMED: Final = {
    "contract_number": "number",
    "end": "end",
    "billing.anchor": "billed_from",
    "valid_until": "valid_until",
    "positions": "object_0",
    "reactions": "priority_0",
}
PARTS: Final = {"first_day": "begins_{0}", "last_day": "ends_{0}", "prices": "from_{0}_1", "visit_prices": "from_{0}_1"}


@dataclass(frozen=True)
class ContractForm:
    """`typed` with the ids that were found for what was typed as a customer or an object; `bare`: without number,
    customer and objects, as a template is kept.
    """

    typed: Typed
    ids: dict[str, list[str]]
    bare: bool = False

    def terms(self) -> Terms:
        """Give what the form says; it holds only where `typed.errors` stays empty."""
        start = self.day("start")
        coverage = coverage_from(self.typed, start, self.kind())
        return Terms(
            contract_number=self.word("number") or "?",
            kind=self.kind(),
            parties=Parties(
                debtor_id=self.id_of("debtor", needed=not self.bare) or "?", contact_id=self.id_of("contact")
            ),
            currency="EUR" if self.typed.text("currency") == "EUR" else "CHF",
            start=start,
            end=self.typed.day("end"),
            billing=self.billing(start),
            positions=tuple(self.positions(start)),
            coverages=() if coverage is None else (coverage,),
            reactions=tuple(reactions_from(self.typed)),
            notice=notice_from(self.typed),
            **self.choices(),
        )

    def word(self, name: str) -> str:
        return self.typed.text(name) if self.bare else self.typed.needed(name)

    def kind(self) -> Kind:
        kind = self.typed.text("kind")
        return kind if kind in PREPARE_DAYS else "maintenance"

    def day(self, name: str) -> date:
        self.typed.needed(name)
        return self.typed.day(name) or ANY_DAY

    def choices(self) -> dict[str, Any]:
        """Give what was chosen of the rules that have two ways; the first one holds where nothing is said."""
        ways = {name: get_args(Terms.model_fields[name].annotation) for name in CHOICES}
        return {name: chosen for name, each in ways.items() if (chosen := self.typed.text(name)) in each}

    def billing(self, start: date) -> Billing:
        return Billing(
            every_months=self.typed.count("billed_every", 1, 1200) or 12,
            anchor=self.typed.day("billed_from") or start,
            timing="in_arrears" if self.typed.text("timing") == "in_arrears" else "in_advance",
            bill_days_before=self.typed.count("billed_before", 0, 3660) or 0,
        )

    def positions(self, start: date) -> Iterator[Position]:
        named = self.named_rows()
        if not named:
            self.typed.errors["object_0"] = NO_POSITION
        for place, n in enumerate(named, start=1):
            yield self.position(n, place, start)

    def named_rows(self) -> list[int]:
        """Give the rows that name an object: each becomes a position."""
        return [0] if self.bare else [n for n in rows_of(self.typed, "rows") if self.typed.text(f"object_{n}")]

    def position(self, n: int, place: int, start: date) -> Position:
        first_day = self.typed.day(f"begins_{n}") or start
        prices, visits = self.prices(n, first_day)
        return Position(
            position_id=self.typed.text(f"position_{n}") or str(place),
            object_id=self.id_of(f"object_{n}", needed=not self.bare) or "?",
            first_day=first_day,
            last_day=self.typed.day(f"ends_{n}"),
            text=self.typed.text(f"text_{n}"),
            prices=prices,
            visit_prices=visits,
            plans=CycleRows(self.typed, f"_{n}", self.kind(), first_day).plans(),
        )

    def prices(self, n: int, first_day: date) -> tuple[tuple[Price, ...], tuple[VisitPrice, ...]]:
        """Give the fees and the prices of a visit, each from its own day on."""
        rows = [f"_{n}_{p}" for p in rows_of(self.typed, f"prices_{n}")]
        days = [(of, self.typed.day(f"from{of}") or first_day) for of in rows]
        fees = [price_from(self.typed, day, of) for of, day in days]
        visits = [visit_price_from(self.typed, day, of) for of, day in days]
        return tuple(each for each in fees if each), tuple(each for each in visits if each)

    def id_of(self, name: str, *, needed: bool = False) -> str | None:
        """Give the one that a field names; says at the field that it is none or several."""
        words = self.typed.needed(name) if needed else self.typed.text(name)
        match self.ids.get(name, []) if words and not self.bare else None:
            case None:
                return None
            case [one]:
                return one
            case found:
                self.typed.errors[name] = SEVERAL if found else UNKNOWN
                return None

    def field_of(self, refused: str) -> str:
        """Give the field for what a refusal names, as `positions.2.prices`; "" where the form has none."""
        match refused.split("."):
            case ["positions", position_id, part]:
                n = self.row_of(position_id)
                return PARTS.get(part, "service_{0}_0").format(n)
            case _:
                return NAMED.get(refused, "")

    def row_of(self, position_id: str) -> int:
        named = self.named_rows()
        ids = [self.typed.text(f"position_{n}") or str(place) for place, n in enumerate(named, start=1)]
        return named[ids.index(position_id)] if position_id in ids else 0


def notice_from(typed: Typed) -> Notice | None:
    """Give the notice; none where nothing is said of it."""
    months, renews_for = typed.count("notice", 0, 1200), typed.count("renews_for", 1, 1200)
    if months is None and renews_for is None:
        return None
    return Notice(months=months or 0, renews_for_months=renews_for)


def notice_typed(notice: Notice | None) -> dict[str, object]:
    """Write a notice into the form again."""
    return {"notice": notice.months, "renews_for": notice.renews_for_months or ""} if notice else {}
