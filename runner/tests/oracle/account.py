"""What the billing oracle keeps: a contract as its steps left it, what was billed, and what each run saw."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import Any, NamedTuple

from oracle.calendar_days import DAY, days, periods
from oracle.money import Rates

Cover = dict[date, Fraction]
"""The annual fee of each covered day."""


class Key(NamedTuple):
    """The first day of a period, a position, and the first day of a VAT rate."""

    period: date
    position: str
    rate: date


class Line(NamedTuple):
    """What a run bills (or credits, below nothing), and the days that it names."""

    key: Key
    amount: Fraction
    days: list[date]


@dataclass
class Position:
    first: date
    last: date
    prices: dict[date, Fraction]

    def covered(self, period: tuple[date, date], end: date) -> Cover:
        first, last = max(self.first, period[0]), min(self.last, end, period[1])
        return {day: self.prices[max(since for since in self.prices if since <= day)] for day in days(first, last)}


@dataclass
class Document:
    run_date: date
    type: str
    lines: list[Line]
    stands: bool = True


class Account:
    def __init__(self, told: dict[str, Any]) -> None:
        contract = told["contract"]
        self.told = told
        self.every_months = int(contract["billing"]["every_months"])
        self.end = date.fromisoformat(contract.get("end", "9999-12-31"))
        self.positions: dict[str, Position] = {}
        self.documents: list[Document] = []
        self.seen: dict[tuple[date, str], Cover] = {}
        self.table = Rates(told)
        for position in contract["positions"]:
            self.take("add", {"position": position})

    def take(self, name: str, what: dict[str, Any]) -> None:
        """Take in what a step other than a run makes known."""
        day = date.fromisoformat(what.get("last_day", what.get("from", "9999-12-31")))
        if name == "add":
            told = what["position"]
            first, last = date.fromisoformat(told["from"]), date.fromisoformat(told.get("to", "9999-12-31"))
            self.positions[told["id"]] = Position(first, last, {first: Fraction(told["fee"])})
        elif name == "remove":
            self.positions[what["id"]].last = day
        elif name == "reprice":
            self.positions[what["id"]].prices[day] = Fraction(what["fee"])
        elif name == "void":
            self.void(date.fromisoformat(what["run_date"]), what["type"])
        else:
            self.end = day

    def void(self, run_date: date, type_: str) -> None:
        """Void the run's document of that type (the latest that stands): its periods are as if never reached."""
        document = [d for d in self.documents if (d.run_date, d.type, d.stands) == (run_date, type_, True)][-1]
        document.stands = False
        for line in document.lines:
            self.seen.pop(line.key[:2], None)

    def due_periods(self, run_date: date) -> list[tuple[date, date]]:
        """Give the periods that are due on the day: on their first day, or on the day after their last."""
        billing = self.told["contract"]["billing"]
        every = periods(date.fromisoformat(billing["anchor"]), self.every_months)
        arrears = billing["timing"] == "in_arrears"
        return list(takewhile(lambda period: (period[1] + DAY if arrears else period[0]) <= run_date, every))

    def issue(self, run_date: date, type_: str, lines: list[Line]) -> None:
        if lines:
            self.documents.append(Document(run_date, type_, lines))

    def every_line(self, *, standing: bool) -> list[Line]:
        return [line for document in self.documents if document.stands or not standing for line in document.lines]

    def billed(self, key: Key) -> Fraction:
        return sum((line.amount for line in self.every_line(standing=True) if line.key == key), Fraction())

    def rates_billed(self, period: date, position: str) -> set[date]:
        return {line.key.rate for line in self.every_line(standing=False) if line.key[:2] == (period, position)}

    def once_billed(self, key: Key) -> list[date]:
        return [day for line in self.every_line(standing=False) if line.key == key for day in line.days]

    def since(self, day: date) -> date:
        """Give the first day of the VAT rate that holds on the day (an entry that repeats the rate begins none)."""
        return self.table[day][0]

    def rate(self, day: date) -> str:
        return self.table[day][1]
