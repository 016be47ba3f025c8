"""Reaction times as rows of a form, one for each priority (R7)."""

from collections.abc import Iterator
from typing import Final

from carnet.contracts.domain.terms import Reaction
from carnet.contracts.pages.rows import rows_of
from carnet.kernel.web.answer import told
from carnet.kernel.web.typed import MISSING, Typed

LATEST: Final = 2**31 - 1
NO_WARNING: Final = told("Warn less time before than the technician has to arrive.")


def reactions_from(typed: Typed) -> Iterator[Reaction]:
    """Give each row that says within how many minutes somebody arrives."""
    for n in rows_of(typed, "reactions", 0):
        within, warned = typed.count(f"within_{n}", 1, LATEST), typed.count(f"warned_{n}", 0, LATEST) or 0
        if within is None and typed.text(f"warned_{n}"):
            typed.errors.setdefault(f"within_{n}", MISSING)
        if within is not None and warned >= within:
            typed.errors[f"warned_{n}"] = NO_WARNING
        elif within is not None:
            yield reaction(typed, n, within, warned)


def reaction(typed: Typed, n: int, within: int, warned: int) -> Reaction:
    return Reaction(
        priority=typed.text(f"priority_{n}") or "normal",
        within_minutes=within,
        escalate_before_minutes=warned,
        calendar=typed.text(f"calendar_{n}") or "standard",
    )


def reactions_typed(reactions: tuple[Reaction, ...]) -> dict[str, object]:
    """Write reaction times into the form again."""
    typed: dict[str, object] = {"reactions": len(reactions)}
    for n, each in enumerate(reactions):
        typed |= {f"priority_{n}": each.priority, f"within_{n}": each.within_minutes}
        typed |= {f"warned_{n}": each.escalate_before_minutes or "", f"calendar_{n}": each.calendar}
    return typed
