"""What Carnet asks of a keeper of documents: bytes by their SHA-256, for ever the same."""

from hashlib import sha256
from typing import NewType, Protocol

Digest = NewType("Digest", str)


class DocumentMissing(Exception):
    """No document has this digest."""


class DocumentDamaged(Exception):
    """What is kept under this digest is not what was put there."""


class Documents(Protocol):
    """One suite runs over every adapter of this port."""

    async def put(self, content: bytes) -> Digest:
        """Keep a document durably; the same content is kept once. Gives its SHA-256 in hexadecimal."""
        ...

    async def get(self, digest: Digest) -> bytes:
        """Give a document back, checked; raises DocumentMissing or DocumentDamaged."""
        ...

    async def digests(self) -> list[Digest]:
        """List all that is kept."""
        ...


def digest_of(content: bytes) -> Digest:
    """Give the SHA-256 of a document in hexadecimal."""
    return Digest(sha256(content).hexdigest())
