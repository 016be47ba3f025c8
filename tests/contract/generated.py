"""Facts as the models allow them, generated: of words that the samples know, and of any others."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from contract.samples import JSON, PRIVATE, PUBLISHED
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

WORDS: Final = st.text(max_size=40)
LONG: Final = st.just("é" * 3000)
SINGLE: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: WORDS,
    int: st.integers(0, 50) | st.integers(),
    Decimal: st.decimals(-1_000_000, 1_000_000, places=4),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def words(part: JSON) -> Iterator[tuple[str, str]]:
    """Give each text in a sample with the name of its field."""
    if isinstance(part, list):
        for each in part:
            yield from words(each)
    if isinstance(part, dict):
        for name, value in part.items():
            yield from [(name, value)] if isinstance(value, str) else words(value)


KNOWN: Final[dict[str, set[str]]] = {}
for samples in (PUBLISHED, *PRIVATE.values()):
    for name, word in words(list(samples.values())):
        KNOWN.setdefault(name, set()).add(word)


@cache
def facts(model: type[Any]) -> st.SearchStrategy[Any]:
    """Give what a model allows."""
    return st.builds(model, **{name: values(name, bounded(field)) for name, field in model.model_fields.items()})


def bounded(field: FieldInfo) -> Any:
    """Give a field's type with the bounds that it has."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def values(name: str, kind: Any) -> st.SearchStrategy[Any]:
    """Give what a field of this name and type may hold."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return single(name, inner[0]).filter(partial(fits, TypeAdapter(kind)))
    if origin in {Union, UnionType}:
        return st.one_of([values(name, each) for each in inner])
    if origin is tuple:
        return st.lists(values(name, inner[0]), max_size=3).map(tuple)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return st.deferred(lambda: facts(kind))
    return single(name, kind) | LONG if kind is str else single(name, kind)


def fits(kind: TypeAdapter[Any], value: Any) -> bool:
    try:
        kind.validate_python(value)
    except ValidationError:
        return False
    return True


def single(name: str, kind: Any) -> st.SearchStrategy[Any]:
    if kind is str and name in KNOWN:
        return st.sampled_from(sorted(KNOWN[name])) | WORDS
    return SINGLE[kind] if kind in SINGLE else st.from_type(kind)
