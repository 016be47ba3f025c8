"""What signs the requests of a service or a command: a token of the provider, or of the embedded issuer."""

import time
from collections.abc import AsyncGenerator, Generator
from datetime import timedelta

import httpx

from carnet.kernel.issuer import embedded
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.identity import Person
from carnet.kernel.web.provider import Provider


class MachineToken(httpx.Auth):
    """Signs requests with a token that the provider gives the client `machine_id` (client credentials).

    Whoever sends one meets ProviderUnavailable and Declined too.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self.provider, self.token, self.good_until = Provider(settings), "", 0.0

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if time.monotonic() >= self.good_until:
            self.token, seconds = await self.provider.machine_token()
            self.good_until = time.monotonic() + seconds / 2
        request.headers["Authorization"] = f"Bearer {self.token}"
        if (yield request).status_code == httpx.codes.UNAUTHORIZED:
            self.good_until = 0.0  # its key was taken back: the next request asks for another


class EmbeddedToken(httpx.Auth):
    """Signs requests with the embedded issuer."""

    def __init__(self, person: Person, settings: ServiceSettings) -> None:
        self.person, self.settings = person, settings

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = embedded(self.settings).issue(self.person, timedelta(minutes=1))
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


def credentials(name: str, settings: ServiceSettings, *roles: str) -> httpx.Auth:
    """Give what signs the requests of the machine `name`; at a provider its client's roles are given there."""
    if settings.embedded_issuer:
        return EmbeddedToken(Person(subject=name, name=name, roles=frozenset(roles)), settings)
    return MachineToken(settings)
