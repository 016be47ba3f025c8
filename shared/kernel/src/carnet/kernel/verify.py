"""Is every derived row what the events say? A second fold beside the live tables, compared row by row."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table
from sqlmodel import Session, col, select

from carnet.kernel import tables
from carnet.kernel.database import Database
from carnet.kernel.documents.port import DocumentDamaged, Documents
from carnet.kernel.inbox import Lane, lane
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.migrations import upgrade
from carnet.kernel.notice import Notice, from_store
from carnet.kernel.projection import Projector, create_tables
from carnet.kernel.rows import Put, write
from carnet.kernel.rows import live as live_tables
from carnet.kernel.store.port import Position

PAGE = 1000
FOLLOWED = {"consumer", "topic"}  # the key
Check: TypeAlias = Callable[[Any], Awaitable[Sequence[str]]]
"""A context's own check: its runtime in, differences in sentences out."""


async def differences(projector: Projector) -> list[str]:
    """Fold again what a live read model has taken in, and name the rows that differ.

    The live one stands still meanwhile; what it has not taken in yet (its lag, what it holds) is left out of both.
    """
    with TemporaryDirectory() as folder:
        database = Database.in_folder(Path(folder))
        second = Projector(projector.model, replace(projector.around, database=database))
        await database.write(upgrade)
        await database.write(lambda c: create_tables(c, projector.model))
        known = await projector.around.database.read(lambda session: known_to(session, projector.name))
        await database.write(lambda c: write(c, live_tables(tables.Skipped, tables.Followed), known))
        try:
            async with projector.turn:
                await fold_again(projector, second)
                return [
                    line for table in projector.tables.values() for line in await differing(projector, second, table)
                ]
        except HistoryEnded as ended:
            return [f"{projector.name}: {ended}, and not built anew yet."]
        finally:
            database.close()


def known_to(session: Session, consumer: str) -> list[Put]:
    """Give the dead letters that were passed over and the sources that are heard, to put into another database."""
    skipped = session.exec(select(tables.Skipped).where(tables.Skipped.consumer == consumer))
    followed = session.exec(select(tables.Followed).where(tables.Followed.consumer == consumer))
    return [
        *(Put(tables.Skipped, row.model_dump()) for row in skipped),
        *(Put(tables.Followed, row.model_dump(include=FOLLOWED), row.model_dump(exclude=FOLLOWED)) for row in followed),
    ]


async def fold_again(live: Projector, second: Projector) -> None:
    """Feed the second fold from the own store and from the producers' feeds, as far as the live one is."""
    checkpoint = await live.store_checkpoint()
    seen = await live.around.database.read(lambda session: all_seen(session.connection(), live.name))
    async for notices in own_events(live, checkpoint):
        await second.take(notices, notices[-1].position)
    for topic in live.topics:
        async for page in live.around.feeds.everything(topic):
            await second.take([n for n in page if n.revision <= seen.get(lane(n), -1)])


async def own_events(live: Projector, checkpoint: Position | None) -> AsyncIterator[list[Notice]]:
    position: Position | None = None
    while live.hears_store and checkpoint and (events := await live.around.store.read_all(position, PAGE)):
        position = events[-1].position
        if notices := [from_store(e, live.around.source) for e in events if e.position <= checkpoint]:
            yield notices


def all_seen(connection: Connection, consumer: str) -> dict[Lane, int]:
    rows = connection.execute(
        select(tables.Seen.topic, tables.Seen.stream, tables.Seen.revision).where(col(tables.Seen.consumer) == consumer)
    )
    return {(topic, stream): revision for topic, stream, revision in rows}


async def differing(live: Projector, second: Projector, table: Table) -> list[str]:
    is_, should_be = await rows_of(live, table), await rows_of(second, table)
    keys = sorted(is_.keys() | should_be.keys(), key=str)
    return [f"{live.name}: {table.name} {key}: is {is_.get(key)}, should be {should_be.get(key)}"
            for key in keys if is_.get(key) != should_be.get(key)]  # fmt: skip


async def rows_of(projector: Projector, table: Table) -> dict[Any, Any]:
    """Give a table's rows by their key."""
    key = [column.name for column in table.primary_key]

    def read(session: Any) -> dict[Any, Any]:
        rows = session.connection().execute(table.select()).mappings()
        return {tuple(row[name] for name in key): dict(row) for row in rows}

    return await projector.around.database.read(read)


async def damaged(documents: Documents) -> list[str]:
    """Name the documents that are not what was put there."""
    found = []
    for digest in await documents.digests():
        try:
            await documents.get(digest)
        except DocumentDamaged as error:
            found.append(str(error))
    return found
