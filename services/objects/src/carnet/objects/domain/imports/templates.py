"""A template such as `{house} {street}` makes one text from the cells of a row."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from string import Formatter
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

Cells: TypeAlias = Mapping[str, str]  # a column's name in the mapping -> what its cell says


def names_in(template: str) -> tuple[str, ...]:
    """Give the columns that a template names; raises ValueError for any other form than `{house} {street}`."""
    parts = list(Formatter().parse(template))
    names = tuple(name for _, name, _, _ in parts if name is not None)
    if any(spec or conversion for _, _, spec, conversion in parts) or not all(map(str.isidentifier, names)):
        raise ValueError(f"{template!r} may name columns only, as in '{{house}} {{street}}'")
    return names


def filler(template: str) -> Callable[[Cells], str]:
    """Give the function that fills the template; a template that is one column alone is that cell."""
    names = names_in(template)
    if template == "".join(f"{{{name}}}" for name in names[:1]):
        return itemgetter(names[0]) if names else lambda _: ""
    return lambda cells: template.format_map(cells).strip()


def checked(template: str) -> str:
    names_in(template)
    return template


Template: TypeAlias = Annotated[str, AfterValidator(checked)]
