"""Lists by cursor: a page of rows, and an opaque mark to go on after its last one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from carnet.kernel.web.problems import BadRequest

T = TypeVar("T")
R = TypeVar("R")

Key: TypeAlias = tuple[str | int | None, ...]
DEFAULT_LIMIT, MOST = 50, 500
NONE_OF_OURS = "cursor: this is none of ours; start the list again without it."


class Page(BaseModel, Generic[T]):
    """Some rows of a list; `next` is the cursor of the rows after them, None on the last page."""

    items: list[T]
    next: str | None = None

    def map(self, render: Callable[[T], R]) -> "Page[R]":
        """Give the same page of other rows."""
        return Page[Any](items=[render(item) for item in self.items], next=self.next)


@dataclass(frozen=True)
class Listing:
    """What a caller asks of a list: at most `limit` rows after the row of this keyset (() from the start)."""

    limit: int = DEFAULT_LIMIT
    after: Key = ()

    def page(self, rows: Sequence[T], key: Callable[[T], Key]) -> Page[T]:
        """Cut a page from `limit + 1` queried rows; `key` gives the keyset that the query sorts by."""
        items = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Page[Any](items=items, next=encode(key(items[-1])) if more else None)


async def listing(cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT) -> Listing:
    """Read `?cursor=` and `?limit=`; 422 for a cursor that we did not give."""
    return Listing(limit, decode(cursor) if cursor else ())


Listed: TypeAlias = Annotated[Listing, Depends(listing)]


def link_next(request: Request, response: Response, page: Page[Any]) -> None:
    """Name the next page in the `Link` header (RFC 8288) too."""
    if page.next:
        response.headers["Link"] = f'<{request.url.include_query_params(cursor=page.next)}>; rel="next"'


def keyset(after: Key, *kinds: Callable[[str], Any]) -> tuple[Any, ...]:
    """Read a row's keyset as its list sorts by it (`date.fromisoformat`, `str`); 422 for another list's cursor."""
    try:
        return tuple(kind(str(value)) for kind, value in zip(kinds, after, strict=True))
    except ValueError:
        raise BadRequest("cursor", NONE_OF_OURS) from None


def encode(key: Key) -> str:
    return urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str) -> Key:
    """Read a cursor back; raises BadRequest."""
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        values = None
    if not isinstance(values, list) or not all(isinstance(value, str | int | None) for value in values):
        raise BadRequest("cursor", NONE_OF_OURS)
    return tuple(values)
