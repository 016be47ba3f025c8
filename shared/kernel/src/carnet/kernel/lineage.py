"""Whom a consumer hears: of each producer only its store's latest incarnation (promise 15).

A store that was restored goes on under a later incarnation and publishes all again. What comes of an earlier one, in
whatever order partitions bring it, is passed over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from carnet.kernel.inbound import is_inbound
from carnet.kernel.notice import OWN_STORE, Notice
from carnet.kernel.rows import Delete, Put, live, write
from carnet.kernel.tables import Checkpoint, Followed, Held, Seen

BEFORE_ALL: Final = -1  # positions begin behind it in every engine
TABLES: Final = live(Followed, Seen, Held, Checkpoint)
FOLLOWED: Final = text("SELECT topic, source, begins FROM carnet_followed WHERE consumer = :consumer")


class HistoryEnded(Exception):
    """Stores were restored: what a read model has of these topics is to be built anew, of these sources alone."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__(f"{', '.join(sources)}: published from a restored store")
        self.sources = sources


class Line(NamedTuple):
    """Which source of a topic is heard, and behind which position: a consumer may have begun in the middle."""

    source: str
    begins: int = BEFORE_ALL


@dataclass
class Lineage:
    """One consumer's lineage within one transaction; `begun` are the topics that it found to begin anew."""

    connection: Connection
    consumer: str
    from_now: bool = False
    begun: dict[str, str] = field(default_factory=dict)

    def lines(self) -> dict[str, Line]:
        """Give what is heard of each topic, the own store among them."""
        rows = self.connection.execute(FOLLOWED, {"consumer": self.consumer})
        return {topic: Line(source, begins) for topic, source, begins in rows}

    def current(self, notices: Sequence[Notice]) -> list[Notice]:
        """Leave out what stores said before they were restored, and what was said before the consumer began."""
        if not (latest := latest_sources(notices)):
            return list(notices)
        lines = self.lines()
        heard = {topic: self.line(topic, source, lines.get(topic), notices) for topic, source in latest.items()}
        return [n for n in notices if n.topic not in heard or is_of(n, heard[n.topic])]

    def line(self, topic: str, source: str, known: Line | None, notices: Iterable[Notice]) -> Line:
        """Give what is heard of a topic from now on, which a later source than was known begins anew."""
        if known is None:
            places = (notice.position for notice in notices if notice.topic == topic and notice.source == source)
            return self.follow(topic, Line(source, min(places) - 1 if self.from_now else BEFORE_ALL))
        if source <= known.source:
            return known
        self.begun[topic] = source
        self.forget(topic)
        return self.follow(topic, Line(source, known.begins))

    def follow(self, topic: str, line: Line) -> Line:
        """Hear a topic's line from now on."""
        key = {"consumer": self.consumer, "topic": topic}
        write(self.connection, TABLES, [Put(Followed, key, {"source": line.source, "begins": line.begins})])
        return line

    def forget(self, topic: str) -> None:
        """Forget what is done with and what is held of a topic: all of it comes again."""
        of_topic = {"consumer": self.consumer, "topic": topic}
        write(self.connection, TABLES, [Delete(Seen, of_topic), Delete(Held, of_topic)])

    def forget_all(self) -> None:
        """Forget it of every topic, those of other systems too, which have no lines."""
        mine = {"consumer": self.consumer}
        write(self.connection, TABLES, [Delete(Seen, mine), Delete(Held, mine)])

    def inherit(self, source: str, head: int) -> None:
        """Hear all again where the own store was restored: what the consumer did about it may be lost with it."""
        lines = self.lines()
        known = lines.get(OWN_STORE, Line("", head if self.from_now else BEFORE_ALL))
        if known.source == source:
            return
        self.forget_all()
        begins = self.follow(OWN_STORE, Line(source, min(known.begins, head))).begins
        write(self.connection, TABLES, [Put(Checkpoint, {"consumer": self.consumer}, {"position": max(begins, 0)})])


def latest_sources(notices: Iterable[Notice]) -> dict[str, str]:
    """Give the latest source of each topic that a store of ours publishes on."""
    latest: dict[str, str] = {}
    for notice in notices:
        if notice.topic != OWN_STORE and not is_inbound(notice.topic):
            latest[notice.topic] = max(latest.get(notice.topic, ""), notice.source)
    return latest


def is_of(notice: Notice, line: Line) -> bool:
    return notice.source == line.source and notice.position > line.begins
