"""What a consumer holds back, and how it comes forward again: in order per stream, healed, retried, alarmed of."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session, col, select

from carnet.kernel.bell import Bell
from carnet.kernel.inbox import NOTHING_SEEN, Inbox, Lane, is_gap
from carnet.kernel.notice import NOTICE, Notice
from carnet.kernel.surroundings import Surroundings, now
from carnet.kernel.tables import Held, Incident
from carnet.kernel.trouble import first_line, is_engine_trouble

RETRY_SECONDS = 1.0
ALARM_SECONDS = 3600.0
log = structlog.get_logger()


class Holder(ABC):
    """The part of a consumer that knows what is held back."""

    def __init__(self, name: str, around: Surroundings, *, from_now: bool) -> None:
        self.name, self.around, self.from_now = name, around, from_now
        self.turn = asyncio.Lock()
        self.may_hold = True  # until a look says otherwise
        self.held = Bell()
        self.overdue: set[tuple[str, int, str]] = set()
        self.troubles: dict[str, str] = {}  # by loop: what it could not get from an engine, until it goes again

    @abstractmethod
    async def retry(self, notice: Notice) -> bool:
        """Try a held notice again, now first of its stream; True when it is done with."""

    def inbox(self, connection: Any) -> Inbox:
        return Inbox(connection, self.name, now(), from_now=self.from_now)

    async def follow_held(self) -> None:
        while True:
            news, held = self.around.news.rung, self.held.rung
            await self.drain()
            self.goes(self.follow_held)
            if self.may_hold:
                await self.around.news.wait(news, RETRY_SECONDS)
            else:
                await self.held.wait(held, RETRY_SECONDS)

    def fails(self, loop: Any, error: Exception) -> None:
        if is_engine_trouble(error):
            self.troubles[loop.__name__] = first_line(error)

    def goes(self, loop: Any) -> None:
        self.troubles.pop(loop.__name__, None)

    def took(self) -> None:
        """Tell the others that there are new facts, and the own loop if something is held back now."""
        self.around.news.ring()
        if self.may_hold:
            self.held.ring()

    async def drain(self) -> None:
        """Try the first held notice of each stream, and those behind it as long as it goes; alarm of old ones.

        Raises an ExceptionGroup of what kept single streams from it, once all have had their turn.
        """
        if not self.may_hold:
            return
        await self.raise_alarm()
        errors = [error for here in await self.held_lanes() if (error := await self.bring_forward(here))]
        if errors:
            raise ExceptionGroup(f"{len(errors)} streams could not be brought forward", errors)

    async def held_lanes(self) -> list[Lane]:
        self.may_hold = False  # before the look: what is held meanwhile sets it again
        lanes: list[Lane] = []
        try:
            lanes = await self.around.database.read(lambda session: held_lanes(session, self.name))
        except BaseException:
            self.may_hold = True
            raise
        self.may_hold = self.may_hold or bool(lanes)
        return lanes

    async def raise_alarm(self) -> None:
        """Log what has waited for its facts for over an hour, each such notice as it becomes one."""
        since = now() - timedelta(seconds=ALARM_SECONDS)
        overdue = await self.around.database.read(lambda session: waiting_since(session, self.name, since))
        for stream, revision, note in overdue - self.overdue:
            log.error("waiting for over an hour", consumer=self.name, stream=stream, revision=revision, missing=note)
        self.overdue = overdue

    async def bring_forward(self, here: Lane) -> Exception | None:
        """Try a stream's held notices in order; give what failed, so that other streams go on."""
        try:
            async with self.turn:
                while await self.step(here):
                    self.around.news.ring()
        except Exception as error:  # noqa: BLE001  # its caller raises it, after the other streams
            return error
        return None

    async def step(self, here: Lane) -> bool:
        """Bring a stream's first held notice forward; False where it stays held, or nothing is."""
        held, last = await self.around.database.read(lambda session: self.first_held(session, here))
        if held is None or held.reason == "dead":
            return False
        notice = NOTICE.validate_json(held.notice)
        if is_gap(notice, last, from_now=self.from_now):
            return await self.heal(notice, held, last)
        return await self.retry(notice)

    def first_held(self, session: Session, here: Lane) -> tuple[Held | None, int | None]:
        """Give a stream's first held notice, and the last revision of the stream that is done with."""
        last = self.inbox(session.connection()).seen([here]).get(here)
        return first_held(session, self.name, here), last

    async def heal(self, notice: Notice, held: Held, last: int | None) -> bool:
        """Fetch what is missing from the producer's feed and hold it in front, so that it comes first."""
        waited = (now() - held.since).total_seconds()
        if 0 <= waited < self.around.gap_seconds:  # less than nothing: the clock was set back meanwhile
            return False
        after = NOTHING_SEEN if last is None else last
        try:
            missing = await self.around.feeds.missing(notice.topic, notice.stream, after, notice.revision)
        except Exception as error:
            await self.around.database.write(partial(self.note_why_open, notice, error))
            raise
        if any(each.source != notice.source for each in missing):
            return False  # its store was restored meanwhile: all comes anew, without this one
        log.warning("gap healed from the feed", consumer=self.name, stream=notice.stream, events=len(missing))
        self.around.metrics.gaps.labels(self.name).inc()
        await self.around.database.write(lambda c: self.put_in_front(c, missing, notice))
        return True if missing else await self.retry(notice)  # where its store has nothing between, nothing is missing

    def note_why_open(self, notice: Notice, error: Exception, connection: Any) -> None:
        """Let an operator read beside the gap why it is not healed."""
        why = f"Revision {notice.prev_revision} has not come, and its producer's feed fails: {first_line(error)}"
        self.inbox(connection).try_again_later(notice, "gap", why)

    def put_in_front(self, connection: Any, missing: Sequence[Notice], notice: Notice) -> None:
        inbox = self.inbox(connection)
        for each in missing:
            inbox.hold(each, "behind")
        note = f"{len(missing)} events before revision {notice.revision} came from the feed."
        with Session(connection) as session:
            session.add(Incident(consumer=self.name, stream=notice.stream, note=note, at=now()))
            session.flush()


def held_lanes(session: Session, consumer: str) -> list[Lane]:
    """Give the streams of which a consumer holds something back."""
    rows = session.exec(select(Held.topic, Held.stream).where(Held.consumer == consumer).distinct())
    return [(topic, stream) for topic, stream in rows]


def waiting_since(session: Session, consumer: str, since: datetime) -> set[tuple[str, int, str]]:
    """Give stream, revision and note of what has waited since before an instant."""
    mine = (col(Held.consumer) == consumer) & (col(Held.reason) == "waiting") & (col(Held.since) < since)
    return {(row.stream, row.revision, row.note) for row in session.exec(select(Held).where(mine))}


def first_held(session: Session, consumer: str, here: Lane) -> Held | None:
    of_lane = (col(Held.consumer) == consumer) & (col(Held.topic) == here[0]) & (col(Held.stream) == here[1])
    return session.exec(select(Held).where(of_lane).order_by(col(Held.revision)).limit(1)).first()
