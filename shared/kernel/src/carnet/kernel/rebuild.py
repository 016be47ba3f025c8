"""Rebuilding a read model: built beside the live tables from the first event, then swapped (promise 14)."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import quoted_name
from sqlmodel import Session, SQLModel, col, update

from carnet.kernel.codec import type_name
from carnet.kernel.lineage import HistoryEnded, Line, Lineage
from carnet.kernel.notice import OWN_STORE
from carnet.kernel.projection import Projector, ReadModel, create_tables
from carnet.kernel.rows import INSERTS, Put, Tables, live, write
from carnet.kernel.tables import Checkpoint, Followed, Held, Model, Seen

PAGE = 1000
PLACES = (Seen, Checkpoint, Held)
Check: TypeAlias = Callable[[Connection], None]


def nobody_else(_: Connection) -> None:
    """Let everybody swap: no other process is there."""


def schema_hash(model: ReadModel) -> str:
    """Give a digest of a read model's tables, as their CREATE statements say them, and of what it hears."""
    statements = [str(CreateTable(table)) for table in live(*model.tables).values()]
    statements += [line for name in live(*model.tables) for engine in INSERTS for line in model.ddl(name, engine)]
    statements += sorted(map(type_name, model.hears))  # one more has to be heard from its first event on
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


@dataclass
class Rebuild:
    """One rebuild of a live projector's read model, and how far it is."""

    projector: Projector
    generation: int
    done: int = 0
    shadow: Projector = field(init=False)
    group: str = field(init=False)

    def __post_init__(self) -> None:
        live_one = self.projector
        tables = shadow_tables(live_one.model, self.generation)
        healing_at_once = replace(live_one.around, gap_seconds=0.0)  # else the swap would go back behind a healed gap
        self.shadow = Projector(live_one.model, healing_at_once, tables, f"{live_one.name}@{self.generation}")

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


def shadow_tables(model: ReadModel, generation: int) -> Tables:
    """Give copies of a model's tables, named after the generation; index names may not repeat in a database."""
    return {name: shadow_table(table, generation) for name, table in live(*model.tables).items()}


def shadow_table(table: Table, generation: int) -> Table:
    copy = table.to_metadata(MetaData(), name=f"{table.name}__{generation}")
    for index in copy.indexes:
        index.name = quoted_name(f"{index.name}__{generation}", quote=None)
    return copy


def drop(connection: Connection, tables: Tables) -> None:
    """Drop tables and what was made for them (a full-text table is named after its table)."""
    for table in tables.values():
        for name in virtual_tables(connection, table.name):
            connection.execute(text(f'DROP TABLE "{name}"'))
        connection.execute(text(f'DROP TABLE IF EXISTS "{table.name}"'))


def rename(connection: Connection, old: str, new: str) -> None:
    for name in virtual_tables(connection, old):
        connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "{new}{name.removeprefix(old)}"'))
    connection.execute(text(f'ALTER TABLE "{old}" RENAME TO "{new}"'))


def virtual_tables(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"))
    return [name for (name,) in rows if re.fullmatch(re.escape(table) + r"_(?!_)\w+", name)]


def forget(connection: Connection, consumer: str, models: Sequence[type[SQLModel]] = PLACES) -> None:
    for model in models:
        table = live(model)[str(model.__tablename__)]
        connection.execute(table.delete().where(table.c.consumer == consumer))


def record(connection: Connection, model: ReadModel, generation: int) -> None:
    values = {"schema_hash": schema_hash(model), "generation": generation}
    write(connection, live(Model), [Put(Model, {"name": model.name}, values)])


async def prepare(projector: Projector) -> Rebuild | None:
    """Make the live tables where they are missing; give the rebuild that a changed schema or a restore asks for."""
    database, model = projector.around.database, projector.model
    found, line = await database.read(lambda session: (session.get(Model, model.name), own_line(session, projector)))
    if found is not None and (found.schema_hash != schema_hash(model) or line.source != projector.around.source):
        return Rebuild(projector, found.generation + 1)
    await database.write(lambda c: create_tables(c, model))
    if found is None:
        await database.write(lambda c: begin(c, projector))
    return None


def own_line(session: Session, projector: Projector) -> Line:
    """Give the incarnation of the own store that a read model was built from."""
    return projector.inbox(session.connection()).lineage.lines().get(OWN_STORE, Line(""))


def begin(connection: Connection, projector: Projector) -> None:
    record(connection, projector.model, 1)
    projector.inbox(connection).lineage.follow(OWN_STORE, Line(projector.around.source))


def outdate(projector: Projector, sources: Mapping[str, str], connection: Connection) -> None:
    """Note which restored stores a read model hears from now on, and that it has to be built anew of these alone."""
    lineage = projector.inbox(connection).lineage
    lines = lineage.lines()
    if later := {t: s for t, s in sources.items() if t in lines and s > lines[t].source}:
        for topic, source in later.items():
            lineage.follow(topic, Line(source))
        named = col(Model.name) == projector.name
        connection.execute(update(Model).where(named).values(schema_hash="", generation=Model.generation + 1))


async def start_rebuild(projector: Projector) -> Rebuild:
    """Plan a rebuild of a read model as it is."""
    generation = await projector.around.database.read(lambda session: generation_of(session, projector.model.name))
    return Rebuild(projector, generation + 1)


def generation_of(session: Session, name: str) -> int:
    found = session.get(Model, name)
    return found.generation if found else 1
