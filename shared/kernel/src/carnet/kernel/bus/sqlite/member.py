"""One member of a group on the embedded bus."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from carnet.kernel.bell import Bell
from carnet.kernel.bus.port import BusUnavailable, Delivery
from carnet.kernel.bus.sqlite.log import page
from carnet.kernel.bus.sqlite.tail import Tail
from carnet.kernel.database import Database
from carnet.kernel.lease import Holding

Keep = Callable[["SqliteSubscription", int], Awaitable[None]]
Leave = Callable[["SqliteSubscription"], None]


@dataclass(eq=False)
class SqliteSubscription:
    """The member of a group that holds its lease; `keep` writes an offset, `leave` tells the bus that it is gone."""

    database: Database
    tail: Tail
    keep: Keep
    leave: Leave
    group: str
    topics: tuple[str, ...]
    offset: int
    lease: Holding
    committed: int = field(init=False)
    bell: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        self.committed = self.offset

    async def batch(self, limit: int = 500) -> Sequence[Delivery]:
        while True:
            rung, known = self.bell.rung, self.tail.last
            kept = await self.page(limit)
            self.check()
            if kept:
                self.offset = kept[-1][0]
                return [delivery for _, delivery in kept]
            self.offset = max(self.offset, known)  # nothing of ours up to there
            await self.bell.wait(rung)

    async def page(self, limit: int) -> list[tuple[int, Delivery]]:
        if self.offset >= self.tail.after:
            return self.tail.page(self.topics, self.offset, limit)
        return await self.database.read(lambda session: page(session, self.topics, self.offset, limit))

    async def commit(self) -> None:
        offset = self.offset
        await self.keep(self, offset)
        self.check()
        self.committed = offset

    def check(self) -> None:
        """Raise BusUnavailable when the lease is known to be lost."""
        if self.lease.token is None:
            raise BusUnavailable(f"Another process serves the group {self.group} now.")

    async def close(self) -> None:
        self.leave(self)
        await self.lease.release()
