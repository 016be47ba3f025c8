"""The ledger of a contract's obligations: visits promised, done, skipped, excused and open (B7)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.contracts.domain.timetable import Closed, Key

Outcome: TypeAlias = Literal["open", "done", "skipped", "excused"]


@dataclass(frozen=True)
class History:
    """What was raised of one contract: due dates and outcomes by key, and the days on which the closed ones count."""

    due: Mapping[Key, date] = field(default_factory=dict)
    outcomes: Mapping[Key, Outcome] = field(default_factory=dict)
    closed: Closed = field(default_factory=dict)

    @property
    def open(self) -> dict[Key, date]:
        return {key: due_on for key, due_on in self.due.items() if key not in self.closed}


class Obligations(BaseModel, frozen=True):
    promised: int
    done: int
    skipped: int
    excused: int
    open: int


def ledger(promised: Iterable[Key], outcomes: Mapping[Key, Outcome]) -> Obligations:
    """Counts of a contract for a stretch of time: what the terms promise in it, and what became of the
    occurrences raised in it; one that was raised stays promised, one not yet raised is open.
    """
    known = {**dict.fromkeys(promised, "open"), **outcomes}
    counts = Counter(known.values())
    return Obligations(
        promised=len(known),
        done=counts["done"],
        skipped=counts["skipped"],
        excused=counts["excused"],
        open=counts["open"],
    )
