"""The services of a position as rows of a form; the fields of row c end in `<of>_<c>`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from carnet.contracts.domain.terms import PREPARE_DAYS, Cycle, CyclePlan, Kind, Position
from carnet.contracts.pages.rows import rows_of
from carnet.kernel.web.typed import Typed

TOLERANCE: Final = 10  # days within which a visit may be planned where nothing else is said
LISTED: Final = ("skills", "equipment")
TIED: Final = ("service", "every")  # either of them makes a row that must be complete


@dataclass(frozen=True)
class CycleRows:
    """What is typed of one position's services; `of` tells its fields from those of other positions."""

    typed: Typed
    of: str
    kind: Kind
    first_day: date

    def plans(self) -> tuple[CyclePlan, ...]:
        """Give the plan from the first day on; none where no row is filled in."""
        return (plan,) if (plan := self.plan()).cycles else ()

    def plan(self) -> CyclePlan:
        return CyclePlan(valid_from=self.first_day, cycles=tuple(self.cycles()))

    def cycles(self) -> Iterator[Cycle]:
        for c in rows_of(self.typed, f"cycles{self.of}"):
            if any(self.typed.text(self.name(each, c)) for each in TIED):
                yield self.cycle(c)

    def name(self, field: str, c: int) -> str:
        return f"{field}{self.of}_{c}"

    def cycle(self, c: int) -> Cycle:
        service = self.typed.needed(self.name("service", c)) or "?"
        self.typed.needed(self.name("every", c))
        prepare, tolerance = self.count("prepare", c, 0, 3660), self.count("tolerance", c, 0, 3660)
        return Cycle(
            cycle_id=self.typed.text(self.name("cycle", c)) or service,
            service=service,
            every_months=self.count("every", c, 1, 1200) or 1,
            anchor=self.typed.day(self.name("first", c)) or self.first_day,
            persons=self.count("persons", c, 1, 50) or 1,
            minutes=self.count("minutes", c, 1, 6000),
            tolerance_days=TOLERANCE if tolerance is None else tolerance,
            prepare_days_before=PREPARE_DAYS[self.kind] if prepare is None else prepare,
            absorbs_within_tolerance=bool(self.typed.text(self.name("absorbs", c))),
            skills=self.listed("skills", c),
            equipment=self.listed("equipment", c),
        )

    def count(self, field: str, c: int, least: int, most: int) -> int | None:
        return self.typed.count(self.name(field, c), least, most)

    def listed(self, field: str, c: int) -> tuple[str, ...]:
        parts = self.typed.text(self.name(field, c)).split(",")
        return tuple(part.strip() for part in parts if part.strip())


def renamed(plan: CyclePlan, position: Position) -> CyclePlan:
    """Give each cycle that got another rhythm a name of its own, with the day of its first visit: its visits are
    others than those of the cycle before.
    """
    rhythms = {(each.cycle_id, each.anchor, each.every_months) for held in position.plans for each in held.cycles}
    taken = {name for name, _, _ in rhythms}
    return plan.model_copy(update={"cycles": tuple(_renamed(each, taken, rhythms) for each in plan.cycles)})


def _renamed(cycle: Cycle, taken: set[str], rhythms: set[tuple[str, date, int]]) -> Cycle:
    if cycle.cycle_id not in taken or (cycle.cycle_id, cycle.anchor, cycle.every_months) in rhythms:
        return cycle
    return cycle.model_copy(update={"cycle_id": f"{cycle.service} {cycle.anchor}"})


def cycles_typed(cycles: Iterable[Cycle], of: str) -> dict[str, object]:
    """Write services into the form again."""
    rows = list(cycles)
    typed: dict[str, object] = {f"cycles{of}": len(rows) or 1}
    for c, cycle in enumerate(rows):
        typed |= {f"{field}{of}_{c}": value for field, value in cycle_typed(cycle).items()}
    return typed


def cycle_typed(cycle: Cycle) -> dict[str, object]:
    return {
        "cycle": cycle.cycle_id,
        "service": cycle.service,
        "every": cycle.every_months,
        "first": cycle.anchor,
        "persons": cycle.persons,
        "minutes": cycle.minutes or "",
        "tolerance": cycle.tolerance_days,
        "prepare": cycle.prepare_days_before,
        "absorbs": "yes" if cycle.absorbs_within_tolerance else "",
        **{field: ", ".join(getattr(cycle, field)) for field in LISTED},
    }
