"""The issuer's public keys: fetched once, kept, fetched again when a token names a key not met before."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from joserfc.jwk import Key, KeySet

AGAIN_AFTER = 30.0  # seconds; a stranger's made-up key ids may not make us hammer the issuer
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
    asked: float = float("-inf")

    async def find(self, kid: str) -> Key | None:
        age = self.clock() - self.asked
        known = by_id(self.keys, kid)
        if age > STALE_AFTER or (known is None and age > AGAIN_AFTER):
            await self.refresh()
            return by_id(self.keys, kid)
        return known

    async def refresh(self) -> None:
        self.asked = self.clock()
        try:
            found = await self.fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            self.keys = KeySet.import_key_set(await self.fetch(found["jwks_uri"]))
        except (httpx.HTTPError, KeyError, ValueError) as error:
            if not self.keys:
                self.asked = float("-inf")
                raise KeysUnavailable(f"The issuer {self.issuer} does not give its keys: {error!r}") from error

    async def fetch(self, address: str) -> Any:
        response = await self.client.get(address)
        return response.raise_for_status().json()


def by_id(keys: KeySet, kid: str) -> Key | None:
    return next((key for key in keys if key.kid == kid), None)
