"""`If-Match`, `ETag` and `Idempotency-Key`: how a caller says what it saw, and that it asks again."""

import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Request

from carnet.kernel.web.body import BODY_HASH
from carnet.kernel.web.problems import BadRequest

ETAG = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,17})"')
KEY = re.compile(r"[\x21-\x7e]{1,200}")


def etag(revision: int) -> str:
    """Give the entity tag of a stream at a revision: `"7"`."""
    return f'"{revision}"'


# async, though they await nothing: FastAPI runs other dependencies in a thread each
async def expected_revision(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """Read the revision that a person saw; None without `If-Match` or with `*`; else 400."""
    if if_match is None or if_match.strip() == "*":
        return None
    if not (tag := ETAG.fullmatch(if_match.strip())):
        raise BadRequest("If-Match", 'If-Match takes the ETag that was answered, as "7".', 400)
    return int(tag[1])


@dataclass(frozen=True)
class Idempotency:
    """A caller's key for this very request, and the SHA-256 of the body that came with it; both "" without one."""

    key: str = ""
    body_hash: str = ""


async def idempotency(request: Request, idempotency_key: Annotated[str | None, Header()] = None) -> Idempotency:
    """Read the `Idempotency-Key`: 1 to 200 visible ASCII characters, else 400."""
    if idempotency_key is None:
        return Idempotency()
    if not KEY.fullmatch(idempotency_key):
        raise BadRequest("Idempotency-Key", "An Idempotency-Key has 1 to 200 visible ASCII characters.", 400)
    return Idempotency(idempotency_key, request.scope[BODY_HASH]())


IfMatch: TypeAlias = Annotated[int | None, Depends(expected_revision)]
IdempotencyKey: TypeAlias = Annotated[Idempotency, Depends(idempotency)]
