"""What stands between a service and one of its engines: it passes everything on, except for its one fault."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from carnet.events.envelope import Envelope
from carnet.kernel.bus.port import Delivery, Message
from carnet.kernel.engines import Engines
from carnet.kernel.store.port import Appended, StoreError


class Between:
    """An engine, with everything passed on to the real one."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.times = count(1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Twice(Between):
    """A bus that keeps every message twice, and every page too."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        twice = [message for message in messages for _ in range(2)]
        await self.real.publish(topic, twice)
        end: int = await self.real.publish(topic, twice)
        return end


class Drops(Between):
    """A bus that gives one message to nobody: the first one of the fourth stream, once for each group."""

    async def subscribe(self, *asked: Any) -> Any:
        return Deaf(await self.real.subscribe(*asked))


class Deaf(Between):
    """One member of a group that misses a message."""

    async def batch(self, *limit: int) -> Sequence[Delivery]:
        return [delivery for delivery in await self.real.batch(*limit) if not self.misses(delivery.message)]

    def misses(self, message: Message) -> bool:
        first = Envelope.from_message(message.headers, message.value).revision == 0
        return first and next(self.times) == 4


class Rebalances(Between):
    """A bus of which the first member of each group is disturbed in the middle of a batch."""

    def __init__(self, real: Any, disturb: Any) -> None:
        super().__init__(real)
        self.disturb = disturb
        self.disturbed: set[str] = set()

    async def subscribe(self, group: str, *more: Any) -> Any:
        member = await self.real.subscribe(group, *more)
        return member if group in self.disturbed else self.disturbs(group, member)

    def disturbs(self, group: str, member: Any) -> Any:
        self.disturbed.add(group)
        return Disturbed(member, group, self.disturb)


class Disturbed(Between):
    """One member of a group, disturbed in its second batch."""

    def __init__(self, real: Any, group: str, disturb: Any) -> None:
        super().__init__(real)
        self.group, self.disturb = group, disturb

    async def batch(self, *limit: int) -> Sequence[Delivery]:
        deliveries: Sequence[Delivery] = await self.real.batch(*limit)
        if next(self.times) == 2:
            await self.disturb(self.group)
        return deliveries


class LosesReplies(Between):
    """A store that keeps what is appended, and at times does not come to say so."""

    async def append(self, *asked: Any) -> Appended:
        appended: Appended = await self.real.append(*asked)
        if next(self.times) % 3 == 0:
            raise StoreError("The reply of the event store was lost.")
        return appended


def twice(engines: Engines) -> Engines:
    return replace(engines, bus=Twice(engines.bus))


def dropping(engines: Engines) -> Engines:
    return replace(engines, bus=Drops(engines.bus))


def losing_replies(engines: Engines) -> Engines:
    return replace(engines, store=LosesReplies(engines.store))
