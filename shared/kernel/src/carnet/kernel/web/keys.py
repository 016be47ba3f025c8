"""The issuer's public keys: fetched once, kept, fetched again when a token names a key not met before."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from joserfc.jwk import Key, KeySet

from carnet.kernel.logs import get_logger

log = get_logger(__name__)

AGAIN_AFTER = 30.0  # seconds; a stranger's made-up key ids may not make us hammer the issuer
RETRY_AFTER = 1.0  # seconds between tries while the issuer is down
STALE_AFTER = 3600.0  # seconds; a key that the issuer took back leaves within the hour


class KeysUnavailable(Exception):
    """The issuer does not give its keys now, so nobody can be recognised."""


class Keys(Protocol):
    """Where a service finds the keys that tokens are checked with; kept in `app.state.keys`."""

    async def find(self, kid: str) -> Key | None:
        """Give the public key of this id, None where the issuer has none; raises KeysUnavailable."""
        ...


@dataclass
class LocalKeys:
    """Keys at hand: the embedded issuer's own, or a test's."""

    keys: KeySet

    async def find(self, kid: str) -> Key | None:
        return by_id(self.keys, kid)


@dataclass
class RemoteKeys:
    """The keys of an OIDC issuer, found by its discovery document."""

    issuer: str
    client: httpx.AsyncClient
    clock: Callable[[], float] = time.monotonic
    keys: KeySet = field(default_factory=lambda: KeySet([]))
    fresh_until: float = float("-inf")
    ask_again_at: float = float("-inf")
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, kid: str) -> Key | None:
        if self.must_ask(kid):
            async with self.one_at_a_time:
                if self.must_ask(kid):  # who waited here may find the answer there
                    await self.refresh()
        if not self.keys:
            raise KeysUnavailable(f"The issuer {self.issuer} does not give its keys.")
        return by_id(self.keys, kid)

    def must_ask(self, kid: str) -> bool:
        now = self.clock()
        return now >= self.ask_again_at and (now >= self.fresh_until or by_id(self.keys, kid) is None)

    async def refresh(self) -> None:
        """Fetch the keys; those at hand serve on while the issuer is down."""
        try:
            found = await self.fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            self.keys = KeySet.import_key_set(await self.fetch(found["jwks_uri"]))
        except (httpx.HTTPError, KeyError, ValueError) as error:
            log.warning("the issuer does not give its keys", issuer=self.issuer, error=repr(error))
            self.ask_again_at = self.clock() + RETRY_AFTER
        else:
            self.ask_again_at = self.clock() + AGAIN_AFTER
            self.fresh_until = self.clock() + STALE_AFTER

    async def fetch(self, address: str) -> Any:
        response = await self.client.get(address)
        return response.raise_for_status().json()


def by_id(keys: KeySet, kid: str) -> Key | None:
    return next((key for key in keys if key.kid == kid), None)
