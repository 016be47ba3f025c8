"""Who is asking, by the issuer's token in the header or in the session cookie, and what they may do."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from pydantic import BaseModel

from carnet.kernel.sentence import Sentence
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.answer import told
from carnet.kernel.web.keys import Keys, KeysUnavailable
from carnet.kernel.web.negotiation import FRESH_COOKIE, SESSION_COOKIE, wants_page

ROLES = ("planner", "technician", "bookkeeper", "viewer", "admin")
ALGORITHMS = ["RS256", "ES256", "EdDSA", "Ed25519"]
EMBEDDED_ISSUER = "urn:carnet:embedded"
MOST_CHECKED = 1000
CHECKED: Final[dict[bytes, tuple[Key, dict[str, Any]]]] = {}
"""Claims of tokens whose signature was found right, by the token's hash, with the key that signed it."""

WITHOUT_ROLE = told("You are signed in, but hold no role in Carnet; ask your administrator for one.")
LEEWAY = 30  # seconds that two machines' clocks may differ

bearer = HTTPBearer(auto_error=False, description="A token of the issuer, or `carnet token --role R`.")


class Person(BaseModel, frozen=True):
    """The one who asks: `subject` goes into the metadata of every event (promise 18)."""

    subject: str
    name: str
    roles: frozenset[str] = frozenset()

    def may(self, *roles: str) -> bool:
        """Say whether one of `roles` is held; an admin may everything."""
        return "admin" in self.roles or not self.roles.isdisjoint(roles)


class NotRecognised(Exception):
    """A token that does not say who is asking, with the reason."""


async def recognise(token: str, keys: Keys, settings: ServiceSettings, audience: str = "") -> Person:
    """Say who a token names, once it is checked; raises NotRecognised, KeysUnavailable."""
    return person_of(await claims_of(token, keys, settings, audience or settings.audience), settings.roles_claim)


async def claims_of(token: str, keys: Keys, settings: ServiceSettings, audience: str) -> dict[str, Any]:
    """Check signature, issuer, audience and times of a token; raises NotRecognised, KeysUnavailable."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = await keys.find(str(header.get("kid", "")))
        if key is None:
            raise NotRecognised("The token was signed with a key that the issuer does not name; sign in again.")
        claims = signed_claims(token, key)
        expectations(settings, audience).validate(claims)
    except (JoseError, ValueError) as error:
        raise NotRecognised("The token is not valid or not valid any more; sign in again.") from error
    return claims


def signed_claims(token: str, key: Key) -> dict[str, Any]:
    """Check a token's signature, once as long as the issuer names the same key; its times are looked at each time."""
    digest = sha256(token.encode()).digest()
    known = CHECKED.get(digest)
    if known is None or known[0] != key:
        if len(CHECKED) >= MOST_CHECKED:
            CHECKED.clear()
        known = CHECKED[digest] = key, jwt.decode(token, key, algorithms=ALGORITHMS).claims
    return known[1]


class Expectations(jwt.JWTClaimsRegistry):
    """What a token must say. When it was made is not looked at: after a clock was set back, that may be to come."""

    def validate_iat(self, value: object) -> None:
        """Take any; `exp` ends a token, and `nbf` begins it."""


def expectations(settings: ServiceSettings, audience: str) -> jwt.JWTClaimsRegistry:
    issuer = EMBEDDED_ISSUER if settings.embedded_issuer else str(settings.issuer)
    return Expectations(
        leeway=LEEWAY,
        iss={"essential": True, "values": [issuer, issuer.rstrip("/")]},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )


def person_of(claims: dict[str, Any], roles_claim: str) -> Person:
    """Read the person; `roles_claim` may be a path, as Keycloak's `realm_access.roles`."""
    held: Any = claims
    for step in roles_claim.split("."):
        held = held.get(step) if isinstance(held, dict) else None
    listed = held if isinstance(held, list) else []
    subject = str(claims["sub"])
    return Person(
        subject=subject,
        name=str(claims.get("name") or subject),
        roles=frozenset(role for role in ROLES if role in listed),
    )


async def identified(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Person:
    """Give the person who asks; 401 where no valid token comes along, 503 where nobody can be checked."""
    settings: ServiceSettings = request.app.state.settings
    token = credentials.credentials if credentials else request.cookies.get(SESSION_COOKIE)
    if not token or (not credentials and is_due(request, settings)):
        raise unauthorised("Sign in, or send a bearer token.")
    try:
        person = await recognise(token, request.app.state.keys, settings, audience(settings, session=not credentials))
    except NotRecognised as error:
        raise unauthorised(str(error)) from error
    except KeysUnavailable as error:
        raise HTTPException(503, told("The issuer of tokens cannot be reached; try again in a moment.")) from error
    request.state.person = person
    if not person.roles:
        raise HTTPException(403, WITHOUT_ROLE)
    return person


def audience(settings: ServiceSettings, *, session: bool) -> str:
    """Give for whom a token must be: an ID token in the session is for our client, a bearer token for our API."""
    return settings.client_id if session and not settings.embedded_issuer else settings.audience


def is_due(request: Request, settings: ServiceSettings) -> bool:
    """Say whether a person's session is replaced now, through the provider: on the way to a page, never to a form."""
    on_the_way = request.method == "GET" and wants_page(request) and "hx-request" not in request.headers
    return on_the_way and not settings.embedded_issuer and FRESH_COOKIE not in request.cookies


def unauthorised(sentence: str) -> HTTPException:
    return HTTPException(401, sentence, {"WWW-Authenticate": "Bearer"})


Identified: TypeAlias = Annotated[Person, Depends(identified)]


def require(*roles: str) -> Any:
    """Let these roles in, and an admin; others get 403.

    Used as `Planner = Annotated[Person, require("planner")]`.
    """
    if not set(roles) <= set(ROLES):
        raise ValueError(f"Roles are {', '.join(ROLES)}; not {roles}.")
    return Depends(only(roles))


def forbidden(roles: Sequence[str], own: Sequence[str]) -> Sentence:
    return Sentence("Only {roles} may do this; you are {own}.", roles=named(roles), own=named(own))


def only(roles: tuple[str, ...]) -> Callable[..., Awaitable[Person]]:
    async def allowed(person: Identified) -> Person:
        if not person.may(*roles):
            raise HTTPException(403, forbidden(roles, sorted(person.roles)))
        return person

    return allowed


def named(roles: Sequence[str]) -> str:
    """Name roles in a sentence: `planner, bookkeeper or admin`."""
    *before, last = dict.fromkeys([*roles]) or ["without a role"]
    return Sentence("{roles} or {last}", roles=", ".join(before), last=last) if before else last
