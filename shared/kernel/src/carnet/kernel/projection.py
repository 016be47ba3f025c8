"""A read model: tables derived from events, whose rows, inbox and checkpoint move in one transaction (promise 2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from opentelemetry.trace import StatusCode
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlmodel import SQLModel

from carnet.events.catalogue import context_topic
from carnet.kernel.consumer import Consumer
from carnet.kernel.inbox import NOTHING_SEEN, Inbox
from carnet.kernel.lineage import HistoryEnded
from carnet.kernel.notice import OWN_STORE, Heard, Notice
from carnet.kernel.rows import Change, Tables, live, write
from carnet.kernel.store.port import Position
from carnet.kernel.surroundings import Surroundings
from carnet.kernel.trouble import is_engine_trouble
from carnet.kernel.web.tokens import AfterToken

log = structlog.get_logger()


def no_ddl(_: str, __: str) -> tuple[str, ...]:
    return ()


def nothing_more(_: Connection, __: Tables, ___: Sequence[Change]) -> None:
    """Do nothing: the rows are all."""


@dataclass(frozen=True)
class ReadModel:
    """One or few tables, and what each event changes in them.

    `changes` is pure: it sees one fact and no rows, so that any interleaving of streams ends in the same rows;
    each column is written from one source stream only (promise 6). Every column but the keys has a default.
    `ddl(table, engine)` gives further statements for a physical table (a full-text index) on `sqlite` or on
    `postgresql`, and `after` keeps up to date what these made: it gets the physical tables and the changes that a page
    of events has just made in them.
    """

    name: str
    tables: tuple[type[SQLModel], ...]
    hears: tuple[type[BaseModel], ...]
    changes: Callable[[Heard[Any]], Iterable[Change]]
    ddl: Callable[[str, str], tuple[str, ...]] = no_ddl
    after: Callable[[Connection, Tables, Sequence[Change]], None] = nothing_more

    def project(self, connection: Connection, tables: Tables, page: Iterable[Heard[Any]]) -> None:
        """Bring what a page of facts changes into the physical tables."""
        changes = [change for heard in page for change in self.changes(heard)]
        write(connection, tables, changes)
        self.after(connection, tables, changes)


class Projector(Consumer):
    """The consumer that keeps a read model's tables."""

    def __init__(
        self, model: ReadModel, around: Surroundings, tables: Tables | None = None, name: str | None = None
    ) -> None:
        super().__init__(name or model.name, model.hears, around)
        self.model, self.tables = model, tables or live(*model.tables)

    async def take(self, notices: Sequence[Notice], position: int | None = None) -> None:
        inbox = await self.around.database.write(lambda c: self.page(self.inbox(c), notices, position))
        self.may_hold = self.may_hold or inbox.newly_held > 0
        self.around.metrics.taken.labels(self.name).inc(len(notices))
        self.around.metrics.repeats.labels(self.name).inc(inbox.repeats)

    async def retry(self, notice: Notice) -> bool:
        return await self.around.database.write(lambda c: self.once_more(self.inbox(c), notice))

    async def has_seen(self, token: AfterToken, own_context: str) -> bool:
        """Say whether what a command wrote is in the tables, as far as this read model hears of it (promise 13)."""
        if token.context == own_context:
            return not self.hears_store or await self.has_come_to(Position(token.position))
        here = context_topic(token.context), token.stream
        if here[0] not in self.topics:
            return True
        seen = await self.around.database.read(lambda session: self.inbox(session.connection()).seen([here]))
        return seen.get(here, NOTHING_SEEN) >= token.published

    def page(self, inbox: Inbox, notices: Sequence[Notice], position: int | None) -> Inbox:
        """Bring a page into the tables: all at once, or by halves until the poison is found; raises HistoryEnded."""
        done = inbox.checkpoint() if position is not None else None
        fresh = [n for n in notices if n.topic != OWN_STORE or done is None or n.position > done]
        admitted = inbox.admit(fresh)
        if inbox.lineage.begun:
            raise HistoryEnded(inbox.lineage.begun)
        self.bisect(inbox, admitted)
        if position is not None:
            inbox.move_checkpoint(position if done is None else max(position, done))
        self.around.database.tell(inbox.connection)
        return inbox

    def bisect(self, inbox: Inbox, notices: Sequence[Notice]) -> None:
        try:
            self.project(inbox, notices)
        except Exception as error:
            if is_engine_trouble(error):
                raise  # not the event's fault: the whole page comes again
            if len(notices) == 1:
                self.bury(inbox, notices[0], error)
                return
            half = len(notices) // 2
            self.bisect(inbox, notices[:half])
            self.bisect(inbox, inbox.unblocked(notices[half:]))

    def project(self, inbox: Inbox, notices: Sequence[Notice]) -> None:
        if heard := [each for notice in notices if (each := self.heard(notice))]:
            with self.around.tracing.projecting(self.model.name, heard), inbox.connection.begin_nested():
                self.model.project(inbox.connection, self.tables, heard)
                inbox.advance(notices)
        else:
            inbox.advance(notices)

    def bury(self, inbox: Inbox, notice: Notice, error: Exception) -> None:
        if inbox.was_skipped(notice, self.model.name):
            inbox.advance([notice])
            return
        with self.around.tracing.following(f"project {self.model.name}", notice) as span:
            log.error("dead letter", consumer=self.name, stream=notice.stream, revision=notice.revision, why=str(error))
            span.set_status(StatusCode.ERROR, str(error))
        self.around.metrics.dead.labels(self.name).inc()
        inbox.hold(notice, "dead", str(error))

    def once_more(self, inbox: Inbox, notice: Notice) -> bool:
        if not inbox.is_held(notice):
            return True  # another process, or a person, was done with it first
        try:
            self.project(inbox, [notice])
        except Exception as error:
            if is_engine_trouble(error):
                raise
            self.bury(inbox, notice, error)
            return False
        inbox.release(notice)
        self.around.database.tell(inbox.connection)
        return True


def create_tables(connection: Connection, model: ReadModel) -> None:
    """Make a read model's tables where they are missing."""
    for name, table in live(*model.tables).items():
        if not connection.dialect.has_table(connection, name):
            table.create(connection)
            for statement in model.ddl(name, connection.dialect.name):
                connection.exec_driver_sql(statement)
