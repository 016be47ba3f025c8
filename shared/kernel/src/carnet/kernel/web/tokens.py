"""The `?after=` token: what a command wrote, so that a query can wait until it is seen (promise 13)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass

from carnet.kernel.web.problems import BadRequest


@dataclass(frozen=True)
class AfterToken:
    """Where a command's events stand: in its own store, and last published revision of its stream (-1: none)."""

    context: str
    position: int
    stream: str
    published: int

    def __str__(self) -> str:
        return urlsafe_b64encode(json.dumps(astuple(self)).encode()).decode().rstrip("=")


def read_token(text: str) -> AfterToken:
    """Read a token back; raises BadRequest for what none of ours is."""
    try:
        context, position, stream, published = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return AfterToken(str(context), int(position), str(stream), int(published))
    except (ValueError, TypeError):
        raise BadRequest("after", "after: this is no token that a command answered; ask without it.") from None
