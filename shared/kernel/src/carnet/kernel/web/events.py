"""`GET /<context>/events`: the feed, for healing gaps, new consumers and rebuilds (promise 10)."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.kernel import feed
from carnet.kernel.store.port import Position
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["events"])


class FeedPage(BaseModel):
    """Some published events as structured CloudEvents; `next` is the `after` to go on with, None at the head."""

    events: list[dict[str, Any]]
    next: int | None = None


@router.get("/events")
async def events(runtime: RuntimeDep, _: Identified, after: int | None = None, stream: str | None = None) -> FeedPage:
    """Give published events past a position, oldest first; or all of one `stream`."""
    store, publication = runtime.engines.store, runtime.publication
    if stream is not None:
        return FeedPage(events=[e.structured() for e in await publication.of_stream(store, stream)])
    envelopes, position = await feed.page(store, publication, None if after is None else Position(after))
    return FeedPage(events=[e.structured() for e in envelopes], next=position)
