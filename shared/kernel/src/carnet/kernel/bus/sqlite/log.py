"""The log file: messages of all topics under one count; a group's offset is a number in it."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, text
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import JSON, Column, Field, Session, SQLModel, col, select

from carnet.kernel.bus.port import Delivery, Message, Start

MOVE = text('INSERT OR REPLACE INTO bus_offset ("group", number) VALUES (:group, :number)')
LAST = text("SELECT max(number) FROM bus_message")
ENDS = text("SELECT topic, max(number) FROM bus_message GROUP BY topic")


class Kept(SQLModel, table=True):
    __tablename__ = "bus_message"
    number: int | None = Field(default=None, primary_key=True)
    topic: str = Field(index=True)
    key: str
    headers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    value: bytes


class GroupOffset(SQLModel, table=True):
    __tablename__ = "bus_offset"
    group: str = Field(primary_key=True)
    number: int


class Epoch(SQLModel, table=True):
    """When the file was made: the one row, kept for as long as its messages are."""

    __tablename__ = "bus_epoch"
    id: str = Field(primary_key=True)


NUMBER = cast("InstrumentedAttribute[int]", Kept.number)
TOPIC_UNINDEXED = text("+topic IN :topics").bindparams(bindparam("topics", expanding=True))
"""The plus keeps SQLite on the log's own order; the index on the topic would sort all that is left to read."""


def ends(session: Session) -> dict[str, int]:
    """Give each topic's end; a look goes on from there, as the whole log is too long for the event loop."""
    return {str(topic): int(number) for topic, number in session.connection().execute(ENDS)}


def begin(connection: Connection) -> None:
    """Begin an epoch in a new file."""
    if connection.execute(select(Epoch.id)).first() is None:
        connection.execute(insert(Epoch).values(id=str(uuid4())))


def epoch(session: Session) -> str:
    return session.exec(select(Epoch.id)).one()


def join(connection: Connection, group: str, topics: Sequence[str], start: Start) -> int:
    """Give the group's offset; a new group's first one is kept at once, so that `now` stays where it was."""
    known = connection.execute(select(GroupOffset.number).where(col(GroupOffset.group) == group)).scalar()
    if known is not None:
        return int(known)
    ends = select(func.max(NUMBER)).where(col(Kept.topic).in_(topics))
    first = (connection.execute(ends).scalar() or 0) if start == "now" else 0
    move(connection, {group: first})
    return int(first)


def append(connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
    """Keep messages; gives the number of the last, where their topic ends now."""
    connection.execute(insert(Kept), rows)
    return int(connection.execute(LAST).scalar_one())


def move(connection: Connection, offsets: Mapping[str, int]) -> None:
    connection.execute(MOVE, [{"group": group, "number": number} for group, number in offsets.items()])


def page(session: Session, topics: Sequence[str], offset: int, limit: int) -> list[tuple[int, Delivery]]:
    query = (
        select(NUMBER, Kept.topic, Kept.key, Kept.headers, Kept.value)  # type: ignore[call-overload]  # five columns
        .where(col(NUMBER) > offset, TOPIC_UNINDEXED.bindparams(topics=list(topics)))
        .order_by(col(NUMBER))
        .limit(limit)
    )
    return [
        (number, Delivery(topic, Message(key, value, headers)))
        for number, topic, key, headers, value in session.exec(query)
    ]


def offset_of(session: Session, group: str) -> int:
    return session.exec(select(GroupOffset.number).where(col(GroupOffset.group) == group)).first() or 0


def first_left(session: Session, group: str, topics: Sequence[str]) -> list[Delivery]:
    return [delivery for _, delivery in page(session, topics, offset_of(session, group), 1)]


def behind(session: Session, group: str, topics: Sequence[str]) -> int:
    offset = offset_of(session, group)
    left = select(func.count()).select_from(Kept).where(col(NUMBER) > offset, col(Kept.topic).in_(topics))
    return session.exec(left).one()
