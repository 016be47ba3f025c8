"""What producers have published and a consumer never heard: no gap shows that a stream's last message was lost."""

import time
from collections.abc import Mapping

from sqlmodel import Session, select

from carnet.kernel.consumer import Consumer
from carnet.kernel.inbox import NOTHING_SEEN, Lane
from carnet.kernel.tables import Seen

LOOK_SECONDS = 0.2


async def unheard(consumer: Consumer, published: Mapping[Lane, int]) -> list[str]:
    """Say of which topics the ends of streams do not come; what is under way has as long as a gap has.

    `published` has the last revision of each stream by its producer's feed. A stream that is held up is told of
    elsewhere (promise 11).
    """
    give_up = time.monotonic() + consumer.around.gap_seconds
    left = dict(published)
    while left and (left := await missing(consumer, left)) and time.monotonic() < give_up:
        await consumer.around.news.wait(consumer.around.news.rung, LOOK_SECONDS)
    return [sentence(consumer, topic, left) for topic in sorted({topic for topic, _ in left})]


async def missing(consumer: Consumer, published: Mapping[Lane, int]) -> dict[Lane, int]:
    """Give those that the consumer has neither taken in to their end nor holds back."""

    def look(session: Session) -> dict[Lane, int]:
        seen = all_seen(session, consumer.name)
        held = consumer.inbox(session.connection()).blocked(published)
        return {at: n for at, n in published.items() if at not in held and seen.get(at, NOTHING_SEEN) < n}

    return await consumer.around.database.read(look)


def sentence(consumer: Consumer, topic: str, left: Mapping[Lane, int]) -> str:
    streams = [(stream, revision) for (of, stream), revision in left.items() if of == topic]
    (stream, revision), *more = streams
    others = f", nor the last ones of {len(more)} other streams" if more else ""
    what = f"revision {revision} of {stream} has not come{others}"
    return f"{consumer.name}: {topic}: {what}; let the relay of its producer publish again."


def all_seen(session: Session, consumer: str) -> dict[Lane, int]:
    """Give the last revision of each stream that a consumer is done with."""
    rows = session.exec(select(Seen.topic, Seen.stream, Seen.revision).where(Seen.consumer == consumer))
    return {(topic, stream): revision for topic, stream, revision in rows}
