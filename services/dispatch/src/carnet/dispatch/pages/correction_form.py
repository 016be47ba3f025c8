"""A work report as a form says it: lines of quantities, or what is wrong with each field."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, get_args

from carnet.dispatch.domain.order_events import Report
from carnet.dispatch.domain.work import Item, WorkKind
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import MISSING, Typed

MORE: Final = 2  # empty lines below those of the report
MOST_ROWS: Final = 200
MOST: Final = Decimal(999_999_999)  # of a quantity
DECIMALS: Final = 3
NO_QUANTITY: Final = told("Write a number such as 2.25, with three decimals at most.")
NO_KIND: Final = told("Choose what was done.")


@dataclass(frozen=True)
class CorrectionForm:
    """A line without a quantity is taken away."""

    typed: Typed

    def items(self) -> tuple[Item, ...]:
        """Give what the form says; it holds only where `typed.errors` stays empty."""
        return tuple(item for n in rows_of(self.typed) for item in self.item(n))

    def item(self, n: int) -> Iterator[Item]:
        quantity = self.typed.amount(f"quantity_{n}", MOST, DECIMALS, NO_QUANTITY)
        article, text = self.typed.text(f"article_{n}") or None, self.typed.note(f"text_{n}")
        kind = next((each for each in get_args(WorkKind) if each == self.typed.text(f"kind_{n}")), None)
        if kind is None:
            self.typed.errors[f"kind_{n}"] = NO_KIND
        elif kind == "part" and quantity and article is None:
            self.typed.errors[f"article_{n}"] = MISSING
        elif quantity:
            warranty = bool(self.typed.text(f"warranty_{n}"))
            yield Item(kind=kind, quantity=quantity, article=article, text=text, warranty=warranty)


def rows_of(typed: Typed) -> range:
    return range(typed.count("rows", 1, MOST_ROWS) or 1)


def as_typed(report: Report, revision: int) -> dict[str, str]:
    """Write a report into the form, with some lines for what is missing."""
    values = {"note": report.note, "seen": str(revision), "rows": str(min(len(report.items) + MORE, MOST_ROWS))}
    for n, item in enumerate(report.items):
        told = item.model_dump(include={"kind", "article", "text"}, exclude_none=True)
        values |= {f"{name}_{n}": str(value) for name, value in told.items()}
        values |= {f"quantity_{n}": f"{item.quantity:f}", f"warranty_{n}": "yes" if item.warranty else ""}
    return values
