"""Rebuilding a read model: built beside the live tables from the first event, then swapped (promise 14)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias
from uuid import uuid4

from sqlalchemy import Connection
from sqlmodel import SQLModel, col, update

from carnet.kernel.generations import begin, generation_of, outdate, own_line, record, schema_hash
from carnet.kernel.lineage import HistoryEnded, Line, Lineage
from carnet.kernel.notice import OWN_STORE
from carnet.kernel.projection import Projector, create_tables
from carnet.kernel.rows import live
from carnet.kernel.shadow import drop, rename, shadow_tables
from carnet.kernel.tables import Checkpoint, Followed, Held, Model, Seen
from carnet.kernel.tracing import SILENT

PAGE = 1000
PLACES = (Seen, Checkpoint, Held)
Check: TypeAlias = Callable[[Connection], None]


def nobody_else(_: Connection) -> None:
    """Let everybody swap: no other process is there."""


@dataclass
class Rebuild:
    """One rebuild of a live projector's read model, and how far it is; whether the live one is of no use before."""

    projector: Projector
    generation: int
    needed: bool
    done: int = 0
    shadow: Projector = field(init=False)
    group: str = field(init=False)

    def __post_init__(self) -> None:
        live_one = self.projector
        tables = shadow_tables(live_one.model, self.generation)
        # else the swap would go back behind a healed gap; and what has happened long ago is no part of its trace
        at_once = replace(live_one.around, gap_seconds=0.0, tracing=SILENT)
        self.shadow = Projector(live_one.model, at_once, tables, f"{live_one.name}@{self.generation}")

    async def run(self, check: Check = nobody_else) -> None:
        """Build beside, and again where it turns out that what was built of a topic's events is no longer so.

        `check` raises within the swap's transaction where another process consumes by now: what that one has taken in
        since would be gone with the old tables.
        """
        while True:
            try:
                return await self.build(check)
            except HistoryEnded as ended:
                await self.projector.around.database.write(partial(outdate, self.shadow, ended.sources))

    async def build(self, check: Check) -> None:
        """Build beside, catch up, then stop the live one for the last few events and swap."""
        database = self.projector.around.database
        await database.write(self.make_tables)
        await self.catch_up()
        async with self.projector.turn:
            await self.catch_up()
            await database.write(lambda connection: self.swap(connection, check))

    async def catch_up(self) -> None:
        """Take in all that there is now, from the own store and from the topics."""
        if self.projector.hears_store:
            await self.catch_up_with_store()
        if self.projector.topics:
            await self.catch_up_with_topics()
        await self.shadow.drain()

    async def catch_up_with_store(self) -> None:
        around, position = self.shadow.around, await self.shadow.store_checkpoint()
        while events := await around.store.read_all(position, PAGE):
            await self.shadow.take(self.shadow.from_own_store(events), position := events[-1].position)
            self.done += len(events)

    async def catch_up_with_topics(self) -> None:
        bus, group = self.shadow.around.bus, self.group
        member = await bus.subscribe(group, self.shadow.topics)
        try:
            while left := await bus.lag(group, self.shadow.topics):  # counted once, not before each page
                while left > 0:
                    deliveries = await member.batch(PAGE)
                    await self.shadow.take([n for d in deliveries if (n := self.shadow.readable(d))])
                    await member.commit()
                    self.done += len(deliveries)
                    left -= len(deliveries)
        finally:
            await member.close()

    def make_tables(self, connection: Connection) -> None:
        self.group = f"{self.shadow.name}.{uuid4().hex[:8]}"  # one that was cut off has left its offset at the bus
        drop(connection, self.shadow.tables)
        forget(connection, self.shadow.name)
        self.adopt(self.projector.inbox(connection).lineage, self.shadow.inbox(connection).lineage)
        for table in self.shadow.tables.values():
            table.create(connection)
            for statement in self.projector.model.ddl(table.name, connection.dialect.name):
                connection.exec_driver_sql(statement)

    def adopt(self, live: Lineage, shadow: Lineage) -> None:
        """Let the shadow hear from the first event on what is known to be the latest of each topic."""
        known = shadow.lines()
        for topic, line in live.lines().items():
            shadow.follow(topic, max(line, known.get(topic, line)))
        shadow.follow(OWN_STORE, Line(self.shadow.around.source))

    def swap(self, connection: Connection, check: Check) -> None:
        """Put the shadow's tables and its place in the streams where the live ones were, in one transaction."""
        check(connection)
        self.projector.around.database.shut_out_readers(connection)
        drop(connection, self.projector.tables)
        for name, table in self.shadow.tables.items():
            rename(connection, table.name, name)
        forget(connection, self.projector.name, (*PLACES, Followed))
        for model in (*PLACES, Followed):
            mine = col(model.consumer) == self.shadow.name
            connection.execute(update(model).where(mine).values(consumer=self.projector.name))
        record(connection, self.projector.model, self.generation)
        self.projector.may_hold = True


def forget(connection: Connection, consumer: str, models: Sequence[type[SQLModel]] = PLACES) -> None:
    for model in models:
        table = live(model)[str(model.__tablename__)]
        connection.execute(table.delete().where(table.c.consumer == consumer))


async def prepare(projector: Projector) -> Rebuild | None:
    """Make the live tables where they are missing; give the rebuild that a changed schema or a restore asks for."""
    database, model = projector.around.database, projector.model
    found, line = await database.read(lambda session: (session.get(Model, model.name), own_line(session, projector)))
    if found is not None and (found.schema_hash != schema_hash(model) or line.source != projector.around.source):
        return Rebuild(projector, found.generation + 1, needed=True)
    await database.write(lambda c: create_tables(c, model))
    if found is None:
        await database.write(lambda c: begin(c, projector))
    return None


async def start_rebuild(projector: Projector) -> Rebuild:
    """Plan a rebuild of a read model as it is; it answers until the swap."""
    generation = await projector.around.database.read(lambda session: generation_of(session, projector.model.name))
    return Rebuild(projector, generation + 1, needed=False)
