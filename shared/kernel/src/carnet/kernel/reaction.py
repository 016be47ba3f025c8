"""A reaction: when a fact is heard, a command follows, once in effect (promise 3)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import structlog
from opentelemetry.trace import StatusCode
from pydantic import BaseModel
from sqlalchemy import Connection

from carnet.kernel.bus.port import Start
from carnet.kernel.consumer import Consumer
from carnet.kernel.inbox import Inbox, Lane, Reason, lane
from carnet.kernel.notice import OWN_STORE, Heard, Notice
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trouble import is_engine_trouble

TRIES = 3
log = structlog.get_logger()


class NotYet(Exception):
    """A fact that the reaction needs has not come; it runs when it has (promise 6). Says what is missing."""


React = Callable[[Heard[Any]], Awaitable[None]]
Verdict: TypeAlias = tuple[Reason, str] | None
"""None when a reaction is done, else why its notice is held."""
Done: TypeAlias = tuple[Notice, Verdict] | None
"""The notice that was reacted to last, and how that ended."""


@dataclass(frozen=True)
class Reaction:
    """A sentence ("a due service becomes an order") and what to do for each kind of fact.

    What it does may be done again after a crash: it gives commands with `heard.because(name)` and nothing else.
    A reaction that is added to a suite at work starts `now`, unless it is told to answer the past too (promise 10).
    One that takes long, and to whose facts the order means nothing, may answer several `at_once`.
    """

    name: str
    reacts: Mapping[type[BaseModel], React]
    start: Start = "now"
    at_once: int = 1


class Reactor(Consumer):
    """The consumer that carries a reaction out, one fact after another unless it may do several at once."""

    def __init__(self, context: str, reaction: Reaction, around: Surroundings) -> None:
        super().__init__(f"{context}: {reaction.name}", tuple(reaction.reacts), around, reaction.start)
        self.reaction = reaction

    @property
    def group(self) -> str:
        """Name it at the bus by its store's incarnation: one that was restored hears its topics from the beginning."""
        return f"{self.name}@{self.around.source.rpartition('/')[2]}"

    async def run(self) -> None:
        await self.begin()
        await super().run()

    async def begin(self) -> None:
        """Take up the own store where it was left, or where a restore has put it."""
        head = await self.around.store.head() or 0
        await self.around.database.write(lambda c: self.inbox(c).lineage.inherit(self.around.source, head))

    async def take(self, notices: Sequence[Notice], position: int | None = None) -> None:
        in_turn = self.reaction.at_once == 1
        await (self.take_in_turn(notices, position) if in_turn else self.take_at_once(notices, position))
        self.around.metrics.taken.labels(self.name).inc(len(notices))

    async def take_at_once(self, notices: Sequence[Notice], position: int | None) -> None:
        """React to a page side by side; it is concluded in order when all are done, and comes again if one fails."""
        admitted = await self.around.database.write(partial(self.admit, notices))
        room = asyncio.Semaphore(self.reaction.at_once)

        async def one(notice: Notice) -> Verdict:
            async with room:
                return await self.react(notice)

        ended = await asyncio.gather(*map(one, admitted), return_exceptions=True)
        verdicts = [each for each in ended if not isinstance(each, BaseException)]
        for failed in (each for each in ended if isinstance(each, BaseException)):
            raise failed
        done = list(zip(admitted, verdicts, strict=True))
        await self.around.database.write(partial(self.conclude_all, done, position))

    def admit(self, notices: Sequence[Notice], connection: Connection) -> list[Notice]:
        inbox = self.inbox(connection)
        admitted = inbox.admit([n for n in notices if n.topic != OWN_STORE or n.type in self.readers])
        self.close(inbox, None)
        return admitted

    def conclude_all(
        self, done: Sequence[tuple[Notice, Verdict]], position: int | None, connection: Connection
    ) -> None:
        """Conclude a page; what comes behind one that is held in its stream waits with it, and is done again."""
        inbox, held = self.inbox(connection), set[Lane]()
        for notice, verdict in done:
            self.conclude(inbox, notice, ("behind", "") if lane(notice) in held else verdict)
            held |= {lane(notice)} if verdict else set()
        self.close(inbox, position)

    def close(self, inbox: Inbox, position: int | None) -> None:
        if position is not None:
            inbox.move_checkpoint(position)
        self.around.metrics.repeats.labels(self.name).inc(inbox.repeats)
        self.may_hold = self.may_hold or inbox.newly_held > 0

    async def take_in_turn(self, notices: Sequence[Notice], position: int | None) -> None:
        done: Done = None
        passed: list[Notice] = []
        for notice in notices:
            passed.append(notice)
            if notice.type in self.readers:
                admitted = await self.around.database.write(partial(self.go_on, done, passed, None))
                done, passed = (notice, await self.react(notice)) if admitted else None, []
        await self.around.database.write(partial(self.go_on, done, passed, position))

    async def retry(self, notice: Notice) -> bool:
        if (verdict := await self.react(notice)) is None:
            await self.around.database.write(lambda c: self.inbox(c).release(notice))
            return True
        await self.around.database.write(lambda c: self.inbox(c).try_again_later(notice, *verdict))
        return False

    def go_on(self, done: Done, passed: Sequence[Notice], position: int | None, connection: Connection) -> bool:
        """Conclude what was done and pass over what means nothing here; say whether the last one is to be done now."""
        inbox = self.inbox(connection)
        if done is not None:
            self.conclude(inbox, *done)
        admitted = inbox.admit([n for n in passed if n.topic != OWN_STORE or n.type in self.readers])
        inbox.advance([n for n in admitted if self.passes_over(n)])
        self.close(inbox, position)
        return bool(admitted) and admitted[-1] is passed[-1]

    def conclude(self, inbox: Inbox, notice: Notice, verdict: Verdict) -> None:
        if verdict is None:
            inbox.advance([notice])
        else:
            inbox.hold(notice, *verdict)

    async def react(self, notice: Notice) -> Verdict:
        """Carry the reaction out; None when it is done, else why the notice is held."""
        try:
            with self.around.tracing.following(f"react {self.reaction.name}", notice, in_vain=NotYet) as span:
                verdict = await self.see_through(notice)
                if verdict is not None:
                    span.set_status(StatusCode.ERROR, verdict[1])
                return verdict
        except NotYet as missing:
            return "waiting", str(missing)

    async def see_through(self, notice: Notice) -> Verdict:
        """Try a few times until it is done, or dead; raises NotYet, and what is an engine's trouble."""
        for attempt in range(TRIES):
            try:
                await self.react_once(notice)
            except NotYet:
                raise
            except Exception as error:
                if is_engine_trouble(error):
                    raise  # not the event's fault: it comes again
                log.warning("reaction failed", reaction=self.name, stream=notice.stream, exc_info=True)
                failure = error
                await asyncio.sleep(0.05 * 2**attempt)
            else:
                return None
        self.around.metrics.dead.labels(self.name).inc()
        return "dead", f"{type(failure).__name__}: {failure}"

    async def react_once(self, notice: Notice) -> None:
        if (heard := self.heard(notice)) is not None:
            await self.reaction.reacts[type(heard.fact)](heard)
