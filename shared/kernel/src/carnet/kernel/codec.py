"""Event types by their literal names: bytes to events and back, those of earlier versions through upcasters."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Generic, TypeAlias, TypeVar, get_args

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from carnet.events.fact import Fact

E = TypeVar("E", bound=BaseModel)
Upcaster: TypeAlias = Callable[[Any], Any]
"""The JSON of one version in, the JSON of the next one out, its `type` too; pure."""


class UnknownEventType(Exception):
    """The store holds a type that this code has no name for: a newer release wrote it."""


class Codec(Generic[E]):
    """Encode and decode the private events of one aggregate, or of a whole context.

    Each event class has a field `type` whose default is its stored name, e.g. "order-created.v1". A class that is
    a further version says how it reads the ones before, oldest first: `EARLIER: ClassVar = {"order-created.v1": f}`.
    """

    def __init__(self, *events: type[E]) -> None:
        self.readers = readers_of(events)

    def __or__(self, other: "Codec[Any]") -> "Codec[Any]":
        both: Codec[Any] = Codec()
        both.readers = {**self.readers, **other.readers}
        return both

    def encode(self, event: E) -> tuple[str, bytes]:
        return stored_name(type(event)), event.model_dump_json(exclude_none=True).encode()

    def decode(self, type_name: str, data: bytes) -> E:
        """Raise UnknownEventType for a name that is not in the codec."""
        if (read := self.readers.get(type_name)) is None:
            raise UnknownEventType(f"A later release recorded {type_name!r}, which this one cannot read.")
        return read(data)


def reader(event: type[E]) -> Callable[[bytes], E]:
    """Give the validator of a model's JSON itself: `model_validate_json` looks at its options each time."""
    return event.__pydantic_validator__.validate_json


def readers_of(events: Sequence[type[E]]) -> dict[str, Callable[[bytes], E]]:
    """Give the readers of events by every name that they ever had (promise 17)."""
    readers = {type_name(event): reader(event) for event in events}
    for event in events:
        upcasters = upcasters_of(event)
        for n, name in enumerate(upcasters):
            readers[name] = upcasting(tuple(upcasters.values())[n:], reader(event))
    return readers


def upcasters_of(event: type[BaseModel]) -> Mapping[str, Upcaster]:
    """Give how an event's earlier versions become the next one, the oldest first."""
    earlier: Mapping[str, Upcaster] = getattr(event, "EARLIER", {})
    return earlier


def upcasting(steps: Sequence[Upcaster], read: Callable[[bytes], E]) -> Callable[[bytes], E]:
    """Read what an earlier version wrote: one step from each version to the next."""
    return lambda data: read(to_json(reduce(lambda old, step: step(old), steps, from_json(data))))


def codec_of(union: Any) -> Codec[Any]:
    """Make the codec of a union of event classes, or of a single one."""
    return Codec(*(get_args(union) or (union,)))


def stored_name(event: type[BaseModel]) -> str:
    return str(event.model_fields["type"].default)


def type_name(event: type[BaseModel]) -> str:
    """Give the name of a published fact, or of a private event."""
    return event.TYPE if issubclass(event, Fact) else stored_name(event)
