"""The first mistake of a file, in a sentence for the person who wrote it."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

SAID: Mapping[str, str] = {
    "missing": "it is missing",
    "extra_forbidden": "nothing of this name is known here",
    "literal_error": "write {expected}, not {input!r}",
    "union_tag_invalid": "there is no step {tag!r}: take one of {expected_tags}",
    "union_tag_not_found": "say what the step is about",
    "greater_than_equal": "take {ge} or more, not {input}",
    "greater_than": "take more than {gt}, not {input}",
    "less_than_equal": "take {le} or less, not {input}",
    "string_too_short": "it is empty",
    "string_too_long": "take {max_length} letters or fewer",
    "int_parsing": "write a whole number, not {input!r}",
    "bool_parsing": "write true or false, not {input!r}",
    "decimal_parsing": "write a number, not {input!r}",
    "tuple_type": "write a list, not {input!r}",
    "dict_type": "write names with their values",
    "model_type": "write names with their values",
    "date_from_datetime_parsing": "there is no day {input!r}",
    "datetime_from_date_parsing": "there is no time {input!r}",
    "datetime_parsing": "there is no time {input!r}",
}


def sentence(error: ValidationError) -> str:
    """Say where the first mistake is, and what it is."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"] if part != "[key]")
    return f"{where}: {said(first)}." if where else f"{said(first)[:1].upper()}{said(first)[1:]}."


def said(mistake: ErrorDetails) -> str:
    form = SAID.get(mistake["type"])
    if form is None:
        return mistake["msg"].removeprefix("Value error, ").rstrip(".")
    return form.format(**{**mistake.get("ctx", {}), "input": mistake["input"]})
