"""Rows of a form that come back: how many there are of a kind, and one more where a person asks for it."""

from collections.abc import Mapping
from typing import Final

from carnet.kernel.web.typed import Typed

MOST_ROWS: Final = 50
MORE: Final = "more "  # what a button says before the name of the count that it raises


def rows_of(typed: Typed, counted: str, least: int = 1) -> range:
    """Give the rows of a kind; the field `counted` says how many there are."""
    written = typed.values.get(counted, "")
    said = min(int(written), MOST_ROWS) if written.isascii() and written.isdigit() else least
    return range(max(said, least))


def with_more(values: Mapping[str, str]) -> dict[str, str] | None:
    """Give the values with another row of the kind that the pressed button names; None where no such was pressed."""
    pressed = values.get("do", "")
    if not pressed.startswith(MORE):
        return None
    counted = pressed.removeprefix(MORE)
    there = len(rows_of(Typed(values), counted, 0 if counted == "reactions" else 1))
    return {**values, counted: str(there + 1)}
