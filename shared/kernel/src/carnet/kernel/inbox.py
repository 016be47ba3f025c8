"""The inbox of a consumer: what it is done with, and what it holds back, in one transaction with the effect."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, bindparam, select, text, update
from sqlmodel import col

from carnet.kernel.lineage import Lineage
from carnet.kernel.notice import NOTICE, OWN_STORE, Notice
from carnet.kernel.rows import Delete, Put, live, where, write
from carnet.kernel.tables import Checkpoint, Held, Seen, Skipped

Reason: TypeAlias = Literal["gap", "waiting", "dead", "behind"]
Lane: TypeAlias = tuple[str, str]  # topic and stream: what keeps its order

NOTHING_SEEN: Final = -1
TABLES: Final = live(Seen, Held, Skipped, Checkpoint)

# asked with each page, so they are text: composing a statement takes longer than answering it
SEEN_OF: Final = text(
    "SELECT stream, revision FROM carnet_inbox WHERE consumer = :consumer AND topic = :topic AND stream IN :streams"
).bindparams(bindparam("streams", expanding=True))
HELD_LANES: Final = text("SELECT DISTINCT topic, stream FROM carnet_held WHERE consumer = :consumer")
CHECKPOINT: Final = text("SELECT position FROM carnet_checkpoint WHERE consumer = :consumer")


def lane(notice: Notice) -> Lane:
    return notice.topic, notice.stream


def is_gap(notice: Notice, last: int | None, *, from_now: bool) -> bool:
    """Whether an earlier published event of the stream has not come (never so in the own store)."""
    if notice.topic == OWN_STORE or (last is None and from_now):
        return False
    return notice.prev_revision > (NOTHING_SEEN if last is None else last)


class Inbox:
    """One consumer's inbox within one transaction.

    `from_now`: the consumer began in the middle, so a stream that it never heard of begins anywhere.
    """

    def __init__(self, connection: Connection, consumer: str, now: datetime, *, from_now: bool = False) -> None:
        self.connection, self.consumer, self.now, self.from_now = connection, consumer, now, from_now
        self.lineage = Lineage(connection, consumer, from_now)
        self.repeats = self.newly_held = 0

    def admit(self, notices: Sequence[Notice]) -> list[Notice]:
        """Give those that come next in their streams; skip repeats; hold what is ahead of or behind a held one."""
        notices = self.lineage.current(notices)  # what a store said before it was restored is no longer so
        lanes = {lane(notice) for notice in notices}
        seen, blocked = self.seen(lanes), self.blocked(lanes)
        admitted = []
        for notice in notices:
            here = lane(notice)
            last = seen.get(here)
            if last is not None and notice.revision <= last:
                self.repeats += 1
                continue
            if here in blocked:
                self.hold(notice, "behind")
            elif is_gap(notice, last, from_now=self.from_now):
                self.hold(notice, "gap", f"Revision {notice.prev_revision} has not come.")
                blocked.add(here)
            else:
                admitted.append(notice)
                seen[here] = notice.revision
        return admitted

    def unblocked(self, notices: Sequence[Notice]) -> list[Notice]:
        """Give those whose stream is not held up; hold the others behind."""
        blocked = self.blocked({lane(notice) for notice in notices})
        for notice in notices:
            if lane(notice) in blocked:
                self.hold(notice, "behind")
        return [notice for notice in notices if lane(notice) not in blocked]

    def seen(self, lanes: Iterable[Lane]) -> dict[Lane, int]:
        """Give the last revisions that are done with; the own store has its checkpoint instead."""
        streams: dict[str, list[str]] = {}
        for topic, stream in lanes:
            streams.setdefault(topic, []).append(stream)
        streams.pop(OWN_STORE, None)
        return {(topic, stream): n for topic, names in streams.items() for stream, n in self.seen_of(topic, names)}

    def seen_of(self, topic: str, streams: Sequence[str]) -> Iterable[tuple[str, int]]:
        values = {"consumer": self.consumer, "topic": topic, "streams": streams}
        return ((stream, revision) for stream, revision in self.connection.execute(SEEN_OF, values))

    def blocked(self, lanes: Iterable[Lane]) -> set[Lane]:
        """Give those of the lanes that hold something; a consumer has few such lanes, so all are read."""
        held = self.connection.execute(HELD_LANES, {"consumer": self.consumer})
        return {(topic, stream) for topic, stream in held}.intersection(lanes)

    def hold(self, notice: Notice, reason: Reason, note: str = "") -> None:
        """Hold a notice back, and so all that come behind it in its stream; a new reason replaces the old one."""
        values = {"reason": reason, "note": note, "since": self.now, "notice": NOTICE.dump_json(notice)}
        if reason == "behind" and self.is_held(notice):
            return
        write(self.connection, TABLES, [Put(Held, self.key(notice), values)])
        self.newly_held += 1

    def is_held(self, notice: Notice) -> bool:
        return self.connection.execute(where(select(TABLES["carnet_held"]), self.key(notice))).first() is not None

    def try_again_later(self, notice: Notice, reason: Reason, note: str) -> None:
        """Keep a held notice held, with what its last try said; `since` stays."""
        again = {"reason": reason, "note": note, "tries": col(Held.tries) + 1}
        self.connection.execute(where(update(TABLES["carnet_held"]), self.key(notice)).values(again))

    def release(self, notice: Notice) -> None:
        """Let go of a held notice, which is done with; nothing where another has done so already."""
        if not self.is_held(notice):
            return
        write(self.connection, TABLES, [Delete(Held, self.key(notice))])
        self.advance([notice])

    def skip(self, notice: Notice) -> None:
        """Pass a held notice over for good."""
        write(self.connection, TABLES, [Put(Skipped, {**self.key(notice), "event": notice.id})])
        self.release(notice)

    def was_skipped(self, notice: Notice, consumer: str) -> bool:
        """Say whether a person has passed a notice over in a consumer, perhaps an older generation of this one."""
        which = {**self.key(notice), "event": notice.id, "consumer": consumer}
        return self.connection.execute(where(select(TABLES["carnet_skipped"]), which)).first() is not None

    def advance(self, notices: Sequence[Notice]) -> None:
        """Remember that these are done with, also where their type means nothing to the consumer."""
        newest = {lane(notice): notice.revision for notice in notices if notice.topic != OWN_STORE}
        puts = [
            Put(Seen, {"consumer": self.consumer, "topic": topic, "stream": stream}, {"revision": revision})
            for (topic, stream), revision in newest.items()
        ]
        write(self.connection, TABLES, puts)

    def checkpoint(self) -> int | None:
        """Give the position in the own store up to which all is done or held."""
        position: int | None = self.connection.execute(CHECKPOINT, {"consumer": self.consumer}).scalar()
        return position

    def move_checkpoint(self, position: int) -> None:
        write(self.connection, TABLES, [Put(Checkpoint, {"consumer": self.consumer}, {"position": position})])

    def key(self, notice: Notice) -> dict[str, str | int]:
        lane_key = {"consumer": self.consumer, "topic": notice.topic, "stream": notice.stream}
        return {**lane_key, "revision": notice.revision}
