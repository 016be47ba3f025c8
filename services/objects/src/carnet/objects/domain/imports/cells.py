"""One cell of a file becomes text that can be relied on: a canonical date, a plain number, an allowed value."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias

from carnet.objects.domain.imports.mapping import Column

Step: TypeAlias = Callable[[str], str]
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unreadable(ValueError):
    """A cell that cannot be read, with the reason."""


def reader_of(column: Column) -> Step:
    """Give the function that reads this column's cells: text in, text out; it raises Unreadable."""
    clean, read = compiled(cleaning(column)), compiled(reading(column))

    @lru_cache(maxsize=8192)  # most cells of a column say what others said before
    def read_cell(cell: str) -> str:
        text = clean(cell)
        if text:
            return read(text)
        if column.required:
            raise Unreadable("is empty")
        return ""

    return read_cell


def compiled(steps: list[Step]) -> Step:
    def run(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return run


def cleaning(column: Column) -> list[Step]:
    steps: list[Step] = [printable, str.strip]
    if column.collapse:
        steps.append(lambda text: " ".join(text.split()))
    if column.empty:
        steps.append(lambda text: "" if text in column.empty else text)
    return steps


def reading(column: Column) -> list[Step]:
    steps: list[Step] = []
    if column.matches:
        steps.append(matching(re.compile(column.matches)))
    if column.first:
        steps.append(lambda text: text[: column.first])
    if column.values is not None:
        steps.append(one_of(dict(column.values)))
    if column.date:
        steps.append(dated(column.date))
    if column.decimal:
        steps.append(decimal)
    return steps


def printable(text: str) -> str:
    if text.isprintable() or not CONTROL.search(text):
        return text
    raise Unreadable("holds a control character")


def matching(pattern: re.Pattern[str]) -> Step:
    def match(text: str) -> str:
        if pattern.fullmatch(text):
            return text
        raise Unreadable(f"{text!r} does not have the form {pattern.pattern}")

    return match


def one_of(values: dict[str, str]) -> Step:
    def look_up(text: str) -> str:
        if text in values:
            return values[text]
        raise Unreadable(f"{text!r} is none of {', '.join(values)}")

    return look_up


def dated(form: str) -> Step:
    return lambda text: day_of(text, form).isoformat()


def day_of(text: str, form: str) -> date:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise Unreadable(f"{text!r} is no date of the form {form}") from None
    if day.strftime(form) != text:  # strptime also takes 2102 1 for %Y%m
        raise Unreadable(f"{text!r} is no date of the form {form}")
    return day


def decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"{text!r} is no number") from None
    if not number.is_finite():
        raise Unreadable(f"{text!r} is no number")
    whole = number == number.to_integral_value()
    return f"{number.quantize(Decimal(1)) if whole else number.normalize():f}"
