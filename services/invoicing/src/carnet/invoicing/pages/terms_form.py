"""A debtor's terms as a form says them, or what is wrong with each field (R3, R5, R11)."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile
from typing import Any, Final

from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.dunning import ReminderRule
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.pages import tax_rows
from carnet.invoicing.pages.look import CHANNELS, LANGUAGES, RULES, TRAVELS
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import MISSING, Typed

LONGEST: Final = 365  # days
MOST_LEVELS: Final = 9
PERCENT: Final = Decimal(100)
FINEST: Final = 4  # decimals
NO_CURRENCY: Final = told("Write a currency’s three capital letters, as CHF.")


@dataclass(frozen=True)
class TermsForm:
    typed: Typed

    def terms(self) -> DebtorTerms:
        """Give what the form says; it holds only where `typed.errors` stays empty."""
        told: dict[str, Any] = {
            "due_days": self.count("due_days", 0, LONGEST),
            "rule": self.typed.choice("rule", RULES),
            "approve": self.typed.choice("approve", ("yes", "no")) == "yes",
            "channel": self.typed.choice("channel", CHANNELS),
            "language": self.typed.choice("language", LANGUAGES),
            "currency": self.currency("currency", needed=True),
            "vat_number": self.typed.text("vat_number") or None,
            "vat_regime": self.typed.text("vat_regime") or "standard",
            "tax_codes": tax_rows.tax_codes(self.typed),
            "travel": self.typed.choice("travel", TRAVELS) or None,
            "minimum_charge": self.typed.amount("minimum_charge", decimals=FINEST),
            "order_number_required": self.typed.choice("order_number_required", ("yes", "no")) == "yes",
            "reminders": self.reminders(),
        }
        return DebtorTerms.model_validate(told)

    def reminders(self) -> ReminderRule:
        fees = [self.typed.amount(f"fee_{n}") or NOTHING for n in range(MOST_LEVELS)]
        charged = reversed(list(dropwhile(lambda fee: not fee, reversed(fees))))
        return ReminderRule(
            grace_days=self.count("grace_days", 0, LONGEST),
            days_between=self.count("days_between", 1, LONGEST),
            levels=self.count("levels", 1, MOST_LEVELS),
            fees=tuple(charged),
            interest=self.typed.amount("interest", PERCENT, FINEST) or NOTHING,
            compensation=self.typed.amount("compensation"),
            compensated_in=self.currency("compensated_in") or None,
        )

    def count(self, name: str, least: int, most: int) -> int:
        """Read a whole number that must be there."""
        self.typed.needed(name)
        found = self.typed.count(name, least, most)
        return least if found is None else found

    def currency(self, name: str, *, needed: bool = False) -> str:
        found = self.typed.text(name)
        is_one = len(found) == 3 and found.isascii() and found.isalpha() and found.isupper()
        if not found and needed:
            self.typed.errors[name] = MISSING
        elif found and not is_one:
            self.typed.errors[name] = NO_CURRENCY
        return found if is_one else "CHF" * needed


def as_typed(terms: DebtorTerms) -> dict[str, str]:
    """Write terms into the form."""
    rule = terms.reminders
    words = {"rule", "channel", "language", "currency", "vat_number", "vat_regime", "travel", "due_days"}
    plain = {**terms.model_dump(include=words), **rule.model_dump(include={"grace_days", "days_between", "levels"})}
    plain |= {name: "yes" if getattr(terms, name) else "no" for name in ("approve", "order_number_required")}
    plain |= {"minimum_charge": terms.minimum_charge, "interest": rule.interest or None}
    plain |= {"compensation": rule.compensation, "compensated_in": rule.compensated_in}
    plain |= {f"fee_{n}": fee or None for n, fee in enumerate(rule.fees)}
    return {**{name: "" if value is None else str(value) for name, value in plain.items()}, **rows_typed(terms)}


def rows_typed(terms: DebtorTerms) -> dict[str, str]:
    return {"fees": str(min(terms.reminders.levels, MOST_LEVELS)), **tax_rows.as_typed(terms.tax_codes)}


def fees_of(typed: Typed) -> range:
    """Give the reminders that have a field for their fee."""
    return range(typed.count("fees", 1, MOST_LEVELS) or 1)
