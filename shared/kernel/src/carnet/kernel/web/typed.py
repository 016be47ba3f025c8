"""What a person typed into a form, and what is wrong with it, by field: nothing that was typed is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from fastapi import Request

from carnet.kernel.web.answer import told

MISSING: Final = told("Fill this in.")
TOO_LONG: Final = told("Write at most 100 characters.")
MUCH_TOO_LONG: Final = told("Write at most 2000 characters.")
NO_DAY: Final = told("Write a day between 1900 and 2199.")
NO_AMOUNT: Final = told("Write an amount such as 1320.00.")
NO_COUNT: Final = told("Write a whole number in digits, not too large.")
NO_CHOICE: Final = told("Choose one of the list.")
LONGEST: Final = 100
LONGEST_NOTE: Final = 2000
GROUPING: Final = dict.fromkeys(map(ord, "’' \u00a0"))
SHARE_DECIMALS: Final = 5  # of a share in percent; an amount has two
MOST: Final = Decimal(10) ** 12


@dataclass
class Typed:
    """`errors` are sentences to be translated where they are shown."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        found = self.values.get(name, "").strip()
        if len(found) > LONGEST:
            self.errors[name] = TOO_LONG
        return found[:LONGEST]

    def note(self, name: str) -> str:
        """Read some sentences."""
        found = self.values.get(name, "").strip()
        if len(found) > LONGEST_NOTE:
            self.errors[name] = MUCH_TOO_LONG
        return found[:LONGEST_NOTE]

    def needed(self, name: str) -> str:
        if not (found := self.text(name)):
            self.errors[name] = MISSING
        return found

    def choice(self, name: str, options: Iterable[str]) -> str:
        """Give what was chosen; the first of the options where it is none of them."""
        found, known = self.text(name), list(options)
        if found not in known:
            self.errors[name] = NO_CHOICE
        return found if found in known else known[0]

    def day(self, name: str) -> date | None:
        return self._day(name, found) if (found := self.text(name)) else None

    def _day(self, name: str, found: str) -> date | None:
        try:
            day = date.fromisoformat(found)
        except ValueError:
            day = date.min
        if not 1900 <= day.year < 2200:
            self.errors[name] = NO_DAY
            return None
        return day

    def amount(self, name: str, most: Decimal = MOST, decimals: int = 2, otherwise: str = NO_AMOUNT) -> Decimal | None:
        """Read 1'320.00 and 1 320,00 as the person means them."""
        written = self.text(name).replace(",", ".").translate(GROUPING)
        try:
            found = Decimal(written) if written else None
        except InvalidOperation:
            found = Decimal(-1)
        if found is not None and not (found.is_finite() and 0 <= found <= most and round(found, decimals) == found):
            self.errors[name] = otherwise
            return None
        return found

    def count(self, name: str, least: int, most: int) -> int | None:
        if not (found := self.text(name)):
            return None
        if not found.isascii() or not found.isdigit() or not least <= int(found) <= most:
            self.errors[name] = NO_COUNT
            return None
        return int(found)


async def form_of(request: Request) -> Typed:
    """Read the form that was sent."""
    return Typed({name: str(value) for name, value in (await request.form()).items()})
