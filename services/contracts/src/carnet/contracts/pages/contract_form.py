"""A contract as the form says it: terms, or what is wrong with each field."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from carnet.contracts.domain.terms import (
    PREPARE_DAYS,
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Kind,
    Notice,
    Parties,
    Position,
    Price,
    Shares,
    Terms,
    VisitPrice,
    price_of_share,
)
from carnet.contracts.pages.amendment_form import HUNDRED, TOLERANCE
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import MISSING, SHARE_DECIMALS, Typed

ANY_DAY: Final = date(2000, 1, 1)  # stands in for a day that is missing: the form is refused then
MOST_ROWS: Final = 50
UNKNOWN: Final = told("Nothing of this name or number is known here.")
SEVERAL: Final = told("Several are called so: write the number.")
NO_POSITION: Final = told("Name at least one object that the contract covers.")


@dataclass(frozen=True)
class ContractForm:
    """`typed` with the ids that were found for what was typed as a customer or an object; `bare`: without number,
    customer and objects, as a template is kept.
    """

    typed: Typed
    ids: dict[str, list[str]]
    bare: bool = False

    @property
    def rows(self) -> range:
        return rows_of(self.typed)

    def terms(self) -> Terms:
        """Give what the form says; it holds only where `typed.errors` stays empty."""
        start = self.day("start")
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
            positions=self.positions(start),
            coverages=self.coverages(start),
            notice=self.notice(),
        )

    def notice(self) -> Notice | None:
        months, renews_for = self.typed.count("notice", 0, 1200), self.typed.count("renews_for", 1, 1200)
        if months is None and renews_for is None:
            return None
        return Notice(months=months or 0, renews_for_months=renews_for)

    def word(self, name: str) -> str:
        return self.typed.text(name) if self.bare else self.typed.needed(name)

    def kind(self) -> Kind:
        kind = self.typed.text("kind")
        return kind if kind in PREPARE_DAYS else "maintenance"

    def day(self, name: str) -> date:
        self.typed.needed(name)
        return self.typed.day(name) or ANY_DAY

    def billing(self, start: date) -> Billing:
        timing: Literal["in_advance", "in_arrears"] = (
            "in_arrears" if self.typed.text("timing") == "in_arrears" else "in_advance"
        )
        months = self.typed.count("billed_every", 1, 1200) or 12
        return Billing(every_months=months, anchor=self.typed.day("billed_from") or start, timing=timing)

    def positions(self, start: date) -> tuple[Position, ...]:
        named = [0] if self.bare else [n for n in self.rows if self.typed.text(f"object_{n}")]
        if not named:
            self.typed.errors["object_0"] = NO_POSITION
        return tuple(self.position(n, place, start) for place, n in enumerate(named, start=1))

    def position(self, n: int, place: int, start: date) -> Position:
        visit = self.typed.amount(f"visit_{n}")
        return Position(
            position_id=str(place),
            object_id=self.id_of(f"object_{n}", needed=not self.bare) or "?",
            first_day=start,
            prices=self.prices(n, start),
            visit_prices=() if visit is None else (VisitPrice(valid_from=start, amount=visit),),
            plans=self.plans(n, start),
        )

    def prices(self, n: int, start: date) -> tuple[Price, ...]:
        """Give the fee, or the share of a value that makes it; half of the two is said at its field."""
        fee, value = (self.typed.amount(f"{name}_{n}") for name in ("fee", "value"))
        share = self.typed.amount(f"share_{n}", HUNDRED, SHARE_DECIMALS)
        if self.typed.text(f"value_{n}") or self.typed.text(f"share_{n}"):
            for name in ("value", "share"):
                self.typed.needed(f"{name}_{n}")
            return (price_of_share(start, value or Decimal(0), (share or Decimal(0)) / HUNDRED),)
        return () if fee is None else (Price(valid_from=start, fee=fee),)

    def plans(self, n: int, start: date) -> tuple[CyclePlan, ...]:
        service, months = self.typed.text(f"service_{n}"), self.typed.count(f"every_{n}", 1, 1200)
        if not service and not self.typed.text(f"every_{n}"):
            return ()
        if months is None:
            self.typed.errors.setdefault(f"every_{n}", MISSING)
        cycle = Cycle(
            cycle_id=self.typed.needed(f"service_{n}") or "?",
            service=service or "?",
            every_months=months or 1,
            anchor=self.typed.day(f"first_{n}") or start,
            persons=self.typed.count(f"persons_{n}", 1, 50) or 1,
            minutes=self.typed.count(f"minutes_{n}", 1, 6000),
            tolerance_days=TOLERANCE,
            prepare_days_before=PREPARE_DAYS[self.kind()],
        )
        return (CyclePlan(valid_from=start, cycles=(cycle,)),)

    def coverages(self, start: date) -> tuple[Coverage, ...]:
        """Give what the fee bears, in percent of labour, travel and parts; nothing where nothing is said."""
        shares = {kind: self.typed.amount(kind, HUNDRED) for kind in ("labour", "travel", "parts")}
        if all(share is None for share in shares.values()):
            return ()
        borne = Shares.model_validate({kind: (share or Decimal(0)) / HUNDRED for kind, share in shares.items()})
        types = ("maintenance", "fault") if self.typed.text("faults") else ("maintenance",)
        return (
            Coverage(valid_from=start, order_types=types, visits=self.typed.count("visits", 0, 1000), shares=borne),
        )

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


def rows_of(typed: Typed) -> range:
    written = typed.values.get("rows", "")
    return range(min(int(written), MOST_ROWS) if written.isascii() and written.isdigit() and int(written) else 1)
