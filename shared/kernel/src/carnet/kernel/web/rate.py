"""No one address may take all: a bucket of tokens for each, filled at a steady rate."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from carnet.kernel.settings import is_loopback
from carnet.kernel.web.answer import answer, told

MOST_KEPT: Final = 10_000
TOO_MANY = told("Too many requests came from your address; wait a moment, then try again.")
EXEMPT: Final = ("/health/live", "/health/ready", "/metrics")


@dataclass
class Buckets:
    """What is left to each address: `rate` a second come back, up to `burst`.

    Who took last stands last. At most MOST_KEPT are kept, and none longer than it takes to fill a bucket again.
    """

    rate: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, address: str) -> float:
        """Take one; gives the seconds to wait where there is none, else 0."""
        now = self.clock()
        tokens = self.at(address, now)
        if tokens < 1:
            return (1 - tokens) / self.rate
        self.left[address] = tokens - 1, now
        self.left.move_to_end(address)
        self.forget(now)
        return 0

    def forget(self, now: float) -> None:
        """Let go of the first ones; each was put there once, so that a request costs the same with any number."""
        while len(self.left) > MOST_KEPT or self.is_full(next(iter(self.left)), now):
            self.left.popitem(last=False)

    def is_full(self, address: str, now: float) -> bool:
        return self.at(address, now) >= self.burst

    def at(self, address: str, now: float) -> float:
        tokens, then = self.left.get(address, (float(self.burst), now))
        return min(self.burst, tokens + (now - then) * self.rate)


@dataclass
class RateLimited:
    """Answer 429 to an address that asks too much; health, metrics and this machine itself are not counted."""

    app: ASGIApp
    buckets: Buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limited = scope["type"] == "http" and self.buckets.rate and counted(scope)
        if limited and (wait := self.buckets.take(address_of(scope))):
            response = answer(Request(scope), 429, TOO_MANY, headers={"Retry-After": str(ceil(wait))})
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def counted(scope: Scope) -> bool:
    return not is_loopback(address_of(scope)) and not scope["path"].endswith(EXEMPT)


def address_of(scope: Scope) -> str:
    """Give who asks, as the server knows it: behind a proxy that it trusts (FORWARDED_ALLOW_IPS), the proxy's word."""
    return str(scope["client"][0]) if scope.get("client") else ""
