"""The embedded issuer: tokens for development, by a key in the data folder; never in production, only on loopback."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from carnet.kernel.folder import make_once
from carnet.kernel.settings import BadSettings, ServiceSettings
from carnet.kernel.web.identity import EMBEDDED_ISSUER, Person
from carnet.kernel.web.keys import LocalKeys

KEY_FILE: Final = "issuer.jwk.json"
ALGORITHM: Final = "ES256"
SESSION: Final = timedelta(hours=12)


@dataclass(frozen=True)
class Issuer:
    """Signs tokens that say who somebody is; `keys` is what services check them with."""

    key: ECKey
    audience: str
    roles_claim: str

    @property
    def keys(self) -> LocalKeys:
        return LocalKeys(KeySet([self.key]))

    def jwks(self) -> dict[str, object]:
        """Give the public keys as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [self.key.as_dict(private=False)]}

    def issue(self, person: Person, lifetime: timedelta = SESSION) -> str:
        """Sign a token that names the person and their roles until `lifetime` is over."""
        now = int(time.time())
        claims = {
            "iss": EMBEDDED_ISSUER,
            "aud": self.audience,
            "sub": person.subject,
            "name": person.name,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid4()),
        }
        roles = {self.roles_claim: sorted(person.roles)}
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, roles | claims, self.key)


def embedded(settings: ServiceSettings) -> Issuer:
    """Open the embedded issuer, with the key of the data folder; raises BadSettings where it may not serve."""
    if not settings.embedded_issuer:
        raise BadSettings(f"Tokens come from {settings.issuer}, not from here: get one there, for CARNET_TOKEN.")
    return Issuer(kept_key(settings.data / KEY_FILE), settings.audience, settings.roles_claim)


def kept_key(file: Path) -> ECKey:
    """Read the key, or make it: whole or not at all, once, for the owner's eyes only."""
    if not file.exists():
        make_key(file)
    key = ECKey.import_key(json.loads(file.read_text()))
    key.ensure_kid()
    return key


def make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    make_once(file, json.dumps(key.as_dict(private=True)), 0o600)
