"""The body of a request while it is read: no file, bounded, and hashed for an Idempotency-Key."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carnet.kernel.sentence import Sentence
from carnet.kernel.web.answer import answer, told

BODY_HASH: Final = "carnet.body_hash"
NO_FILES = told("Carnet takes no files; send what the form asks for, or JSON.")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class BoundedBody:
    """Count a body while it is read, refuse it past the limit (413), and hash it for an Idempotency-Key.

    Nothing that Carnet is asked takes a file: what may bring one is refused unread (415).
    """

    app: ASGIApp
    limit: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
        elif Headers(scope=scope).get("content-type", "").lower().lstrip().startswith("multipart/"):
            await answer(Request(scope), 415, NO_FILES)(scope, receive, send)
        else:
            await self.app(scope, Incoming(scope, receive, self.limit), send)


class Incoming:
    """The body of one request; an endpoint marked with `body_limit` has its own limit, in bytes."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self.scope, self.receive, self.limit = scope, receive, limit
        self.size, self.announced = 0, announced(Headers(scope=scope))
        self.hash = sha256() if b"idempotency-key" in dict(scope["headers"]) else None
        scope[BODY_HASH] = lambda: self.hash.hexdigest() if self.hash else ""

    async def __call__(self) -> Message:
        limit = getattr(self.scope.get("endpoint"), "body_limit", self.limit)
        refuse_past(limit, self.announced)
        message = await self.receive()
        chunk = message.get("body", b"")
        self.size += len(chunk)
        refuse_past(limit, self.size)
        if self.hash:
            self.hash.update(chunk)
        return message


def announced(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def refuse_past(limit: int, size: int) -> None:
    if size > limit:
        raise HTTPException(413, Sentence("This is more than {limit} bytes; send it in smaller parts.", limit=limit))


def body_limit(size: int) -> Callable[[F], F]:
    """Mark an endpoint whose bodies may have `size` bytes; stands below the router's decorator."""

    def mark(endpoint: F) -> F:
        vars(endpoint)["body_limit"] = size
        return endpoint

    return mark
