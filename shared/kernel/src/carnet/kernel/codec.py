"""Stored event types by their literal names: bytes to events and back."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel

E = TypeVar("E", bound=BaseModel)


class UnknownEventType(Exception):
    """The store holds a type that this code has no name for: a newer release wrote it."""


class Codec(Generic[E]):
    """Encode and decode the private events of one aggregate, or of a whole context.

    Each event class has a field `type` whose default is its stored name, e.g. "order-created.v1".
    """

    def __init__(self, *events: type[E]) -> None:
        self.readers = {stored_name(event): reader(event) for event in events}

    def __or__(self, other: "Codec[Any]") -> "Codec[Any]":
        both: Codec[Any] = Codec()
        both.readers = {**self.readers, **other.readers}
        return both

    def encode(self, event: E) -> tuple[str, bytes]:
        return stored_name(type(event)), event.model_dump_json(exclude_none=True).encode()

    def decode(self, type_name: str, data: bytes) -> E:
        """Raise UnknownEventType for a name that is not in the codec."""
        if (read := self.readers.get(type_name)) is None:
            raise UnknownEventType(f"No event type {type_name!r} is known here.")
        return read(data)


def reader(event: type[E]) -> Callable[[bytes], E]:
    """Give the validator of a model's JSON itself: `model_validate_json` looks at its options each time."""
    return event.__pydantic_validator__.validate_json


def codec_of(union: Any) -> Codec[Any]:
    """Make the codec of a union of event classes, or of a single one."""
    return Codec(*(get_args(union) or (union,)))


def stored_name(event: type[BaseModel]) -> str:
    return str(event.model_fields["type"].default)
