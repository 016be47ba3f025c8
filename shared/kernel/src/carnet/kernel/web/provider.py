"""The OIDC provider as its client: where it signs people in and out, and tokens for a code or for a machine."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import httpx
from pydantic import BaseModel, Field

from carnet.kernel.settings import ServiceSettings

SECONDS: Final = 5.0  # that the provider may take


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as a provider does."""


class Declined(Exception):
    """The provider gives no token, with its reason."""


class Begun(BaseModel, frozen=True):
    """A sign-in under way, kept in a cookie of the browser that began it; `verifier` is PKCE's (RFC 7636)."""

    onward: str
    state: str = Field(default_factory=lambda: token_urlsafe(24))
    nonce: str = Field(default_factory=lambda: token_urlsafe(24))
    verifier: str = Field(default_factory=lambda: token_urlsafe(48))

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class Provider:
    """What an OIDC provider is asked for; its discovery document is fetched once and kept."""

    settings: ServiceSettings
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=SECONDS))
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def redirect_uri(self) -> str:
        return f"{self.settings.suite}/sign-in/callback"

    async def sign_in_address(self, begun: Begun) -> str:
        """Give where the browser goes to sign in; raises ProviderUnavailable."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.settings.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        return address(await self.endpoint("authorization_endpoint"), asked)

    async def sign_out_address(self, id_token: str) -> str:
        """Give where the browser ends the provider's session too (RP-initiated logout); "" where it has no such."""
        if not (endpoint := (await self.discovered()).get("end_session_endpoint")):
            return ""
        back = {"client_id": self.settings.client_id, "post_logout_redirect_uri": f"{self.settings.suite}/signed-out"}
        return address(endpoint, back | ({"id_token_hint": id_token} if id_token else {}))

    async def redeem(self, code: str, begun: Begun) -> str:
        """Give the ID token for a code; raises Declined, ProviderUnavailable."""
        secret = self.settings.client_secret
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        form |= {"code_verifier": begun.verifier, "client_id": self.settings.client_id}
        login = basic(self.settings.client_id, secret.get_secret_value()) if secret else httpx.Auth()
        return str((await self.token(form, login)).get("id_token", ""))

    async def machine_token(self) -> tuple[str, float]:
        """Give an access token of this service, and for how many seconds it is good; as `redeem` raises."""
        settings = self.settings
        form = {"grant_type": "client_credentials", "audience": settings.audience}
        found = await self.token(form, basic(settings.machine_id, settings.machine_secret.get_secret_value()))
        return str(found.get("access_token", "")), float(found.get("expires_in", 0))

    async def token(self, form: Mapping[str, str], login: httpx.Auth) -> dict[str, Any]:
        endpoint = await self.endpoint("token_endpoint")
        try:
            response = await self.client.post(endpoint, data=form, auth=login)
            found = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailable(f"The provider at {self.settings.issuer} gives no token.") from error
        if response.is_error or not isinstance(found, dict):
            why = found.get("error", response.status_code) if isinstance(found, dict) else found
            raise Declined(f"The provider declined: {why}.")
        return found

    async def endpoint(self, name: str) -> str:
        try:
            return str((await self.discovered())[name])
        except KeyError as error:
            raise ProviderUnavailable(f"{self.settings.issuer} names no {name}.") from error

    async def discovered(self) -> Mapping[str, Any]:
        if not self.known:
            self.known = await self.discover()
        return self.known

    async def discover(self) -> Mapping[str, Any]:
        """Read where the provider answers; another issuer's document is refused (OIDC Discovery 4.3)."""
        issuer = str(self.settings.issuer).rstrip("/")
        try:
            response = await self.client.get(f"{issuer}/.well-known/openid-configuration")
            found = response.raise_for_status().json()
            if str(found["issuer"]).rstrip("/") == issuer:
                return dict(found)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ProviderUnavailable(f"The provider at {issuer} does not answer.") from error
        raise ProviderUnavailable(f"{issuer} says that it is {found['issuer']}.")


def address(endpoint: str, query: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def basic(client: str, secret: str) -> httpx.BasicAuth:
    """Log a client in; both parts are form-encoded first (RFC 6749, 2.3.1)."""
    return httpx.BasicAuth(quote_plus(client), quote_plus(secret))
