"""The feed: what a context publishes, served from its store, so that losing the bus loses nothing (promise 10)."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import TypeAdapter

from carnet.events.envelope import Envelope
from carnet.kernel.notice import Notice, from_envelope
from carnet.kernel.publication import Publication
from carnet.kernel.store.port import EventStore, Position
from carnet.kernel.web.provider import Declined, ProviderUnavailable

PAGE = 500


class FeedUnavailable(Exception):
    """A producer's feed cannot be read now; nothing is lost, and it is asked again."""


async def page(
    store: EventStore, publication: Publication, after: Position | None, limit: int = PAGE
) -> tuple[list[Envelope], Position | None]:
    """Give what the store's next `limit` events publish, and the position to go on from (None: at the head)."""
    events = await store.read_all(after, limit)
    streams = {event.stream for event in events if publication.fact(event) is not None}
    known = {(stream, e.revision): e for stream in streams for e in await publication.of_stream(store, stream)}
    asked = [(event.stream, event.revision) for event in events]  # ids are unique within a stream only
    return [known[each] for each in asked if each in known], events[-1].position if events else None


async def follow(store: EventStore, publication: Publication, after: Position | None = None) -> AsyncIterator[Envelope]:
    """Give all that a store publishes up to its head."""
    while True:
        envelopes, position = await page(store, publication, after)
        for envelope in envelopes:
            yield envelope
        if position is None:
            return
        after = position


@dataclass(frozen=True)
class HttpFeeds:
    """The feeds of the other contexts over HTTP; `of` gives the address where a context answers."""

    client: httpx.AsyncClient
    of: Callable[[str], str]

    async def missing(self, topic: str, stream: str, after: int, before: int) -> Sequence[Notice]:
        answer = await self.ask(topic, {"stream": stream})
        notices = [from_envelope(topic, from_structured(event)) for event in answer["events"]]
        return [notice for notice in notices if after < notice.revision < before]

    async def everything(self, topic: str) -> AsyncIterator[Sequence[Notice]]:
        after = None
        while True:
            answer = await self.ask(topic, {} if after is None else {"after": after})
            if notices := [from_envelope(topic, from_structured(event)) for event in answer["events"]]:
                yield notices
            if (after := answer["next"]) is None:
                return

    async def ask(self, topic: str, query: Mapping[str, Any]) -> Any:
        """Get a page; raises FeedUnavailable where the producer, or the provider of our token, gives none now."""
        context = topic.split(".")[1]
        try:
            answer = await self.client.get(f"{self.of(context)}/{context}/events", params=query)
            return answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError, ProviderUnavailable, Declined) as error:
            raise FeedUnavailable(f"{context} cannot be asked: {error}") from error


def from_structured(event: Mapping[str, Any]) -> Envelope:
    """Read an envelope's structured JSON form back."""
    return Envelope.model_validate({**event, "data": TypeAdapter(Any).dump_json(event["data"])})
