"""Is every derived row what the events say? A second fold beside the live tables, compared row by row."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from sqlalchemy import Table
from sqlmodel import Session, select

from carnet.kernel import tables
from carnet.kernel.database import Database
from carnet.kernel.documents.port import DocumentDamaged, Documents
from carnet.kernel.inbox import NOTHING_SEEN, Lane, lane
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.migrations import upgrade
from carnet.kernel.notice import Notice, from_store
from carnet.kernel.projection import Projector, create_tables
from carnet.kernel.rows import Put, write
from carnet.kernel.rows import live as live_tables
from carnet.kernel.store.port import Position
from carnet.kernel.unheard import all_seen, unheard

PAGE = 1000
FOLLOWED = {"consumer", "topic"}  # the key
Rows: TypeAlias = dict[tuple[Any, ...], dict[str, Any]]
Check: TypeAlias = Callable[[Any], Awaitable[Sequence[str]]]
"""A context's own check: its runtime in, differences in sentences out."""


@dataclass(frozen=True)
class Snapshot:
    """A read model at one moment: its rows by table and key, how far in each stream they are, and what is known."""

    rows: dict[str, Rows]
    checkpoint: int
    seen: dict[Lane, int]
    known: list[Put]


async def differences(projector: Projector) -> list[str]:
    """Fold again what a live read model has taken in; name the rows that differ, and the streams whose end never came.

    It is looked at in one snapshot, so it goes on meanwhile, in whichever process; what it has not taken in by then is
    left out of both.
    """
    live = await projector.around.database.read(partial(snapshot, projector))
    with TemporaryDirectory() as folder:
        database = Database.in_folder(Path(folder))
        second = Projector(projector.model, replace(projector.around, database=database))
        await database.write(upgrade)
        await database.write(lambda c: create_tables(c, projector.model))
        await database.write(lambda c: write(c, live_tables(tables.Skipped, tables.Followed), live.known))
        try:
            ahead = await fold_again(second, live)
            should_be = await database.read(partial(snapshot, second))
        except HistoryEnded as ended:
            return [f"{projector.name}: {ended}, and not built anew yet."]
        finally:
            database.close()
    return [*differing(projector.name, live.rows, should_be.rows), *await unheard(projector, ahead)]


def snapshot(projector: Projector, session: Session) -> Snapshot:
    inbox = projector.inbox(session.connection())
    rows = {table.name: rows_in(session, table) for table in projector.tables.values()}
    seen = all_seen(session, projector.name)
    return Snapshot(rows, inbox.checkpoint() or 0, seen, known_to(session, projector.name))


def known_to(session: Session, consumer: str) -> list[Put]:
    """Give the dead letters that were passed over and the sources that are heard, to put into another database."""
    skipped = session.exec(select(tables.Skipped).where(tables.Skipped.consumer == consumer))
    followed = session.exec(select(tables.Followed).where(tables.Followed.consumer == consumer))
    return [
        *(Put(tables.Skipped, row.model_dump()) for row in skipped),
        *(Put(tables.Followed, row.model_dump(include=FOLLOWED), row.model_dump(exclude=FOLLOWED)) for row in followed),
    ]


async def fold_again(second: Projector, live: Snapshot) -> dict[Lane, int]:
    """Feed the second fold from the own store and from the producers' feeds, as far as the live one is.

    Gives the streams of which producers tell more, with their last revision.
    """
    async for notices in own_events(second, live.checkpoint):
        await second.take(notices, notices[-1].position)
    ahead: dict[Lane, int] = {}
    for topic in second.topics:
        async for page in second.around.feeds.everything(topic):
            await second.take([n for n in page if n.revision <= live.seen.get(lane(n), NOTHING_SEEN)])
            ahead |= {lane(n): n.revision for n in page if n.revision > live.seen.get(lane(n), NOTHING_SEEN)}
    return ahead


async def own_events(second: Projector, checkpoint: int) -> AsyncIterator[list[Notice]]:
    position: Position | None = None
    while second.hears_store and checkpoint and (events := await second.around.store.read_all(position, PAGE)):
        position = events[-1].position
        if notices := [from_store(e, second.around.source) for e in events if e.position <= checkpoint]:
            yield notices


def differing(name: str, live: Mapping[str, Rows], second: Mapping[str, Rows]) -> Iterator[str]:
    for table, is_ in live.items():
        should_be = second[table]
        for key in sorted(is_.keys() | should_be.keys(), key=str):
            if is_.get(key) != should_be.get(key):
                yield f"{name}: {table} {key}: is {is_.get(key)}, should be {should_be.get(key)}"


def rows_in(session: Session, table: Table) -> Rows:
    """Give a table's rows by their key."""
    key = [column.name for column in table.primary_key]
    rows = session.connection().execute(table.select()).mappings()
    return {tuple(row[name] for name in key): dict(row) for row in rows}


async def damaged(documents: Documents) -> list[str]:
    """Name the documents that are not what was put there."""
    found = []
    for digest in await documents.digests():
        try:
            await documents.get(digest)
        except DocumentDamaged as error:
            found.append(str(error))
    return found
