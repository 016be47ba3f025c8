"""What Carnet asks of a bus: topics that keep for ever, order per key, groups that remember how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Start = Literal["beginning", "now"]


class BusUnavailable(Exception):
    """The bus cannot be reached now; what was not acknowledged may still have arrived."""


@dataclass(frozen=True, slots=True)
class Message:
    """A keyed message; messages of one key keep their order."""

    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """A message as it comes out, at least once; equal to itself only, so that what it says may be kept beside it."""

    topic: str
    message: Message


class Subscription(Protocol):
    """One member of a group reading its topics."""

    async def batch(self, limit: int = 500) -> Sequence[Delivery]:
        """Wait for what comes next, at most `limit` messages; the next call goes on behind them."""
        ...

    async def commit(self) -> None:
        """Remember that all delivered so far is done with."""
        ...

    async def close(self) -> None:
        """Leave the group; what was not committed comes again."""
        ...


class Bus(Protocol):
    """One suite runs over every adapter of this port."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        """Give the topic's end once all are kept, in order per key; 0 for no messages.

        It has grown by at least these, unless the bus was emptied. Raises BusUnavailable, and then some may be kept.
        """
        ...

    async def subscribe(self, group: str, topics: Sequence[str], start: Start = "beginning") -> Subscription:
        """Join a group; a new group starts at the `beginning` or `now`."""
        ...

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        """Count the messages that the group has not committed; `topics` as subscribed."""
        ...

    async def first_left(self, group: str, topics: Sequence[str]) -> Sequence[Delivery]:
        """Give the first message that the group has not committed; of each partition, where the engine has them."""
        ...

    async def end(self, topic: str) -> int:
        """Count what the topic has kept: grows only, unless the bus was emptied."""
        ...

    async def epoch(self, topic: str) -> str:
        """Name the topic's life: another one once the bus, or the topic, was made anew."""
        ...

    async def close(self) -> None:
        """Let go of the engine."""
        ...
