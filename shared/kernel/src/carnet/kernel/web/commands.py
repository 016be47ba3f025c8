"""How an endpoint gives a command: who acts, `If-Match`, `Idempotency-Key`, and the answer with its token."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias
from uuid import uuid4

from fastapi import Depends, HTTPException, Request, Response
from pydantic import BaseModel

from carnet.kernel.because import Because, derived_id
from carnet.kernel.logs import CORRELATION
from carnet.kernel.runtime import Runtime
from carnet.kernel.streams import Category, Outcome
from carnet.kernel.tracing import traceparent
from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.preconditions import Idempotency, IdempotencyKey, IfMatch, etag
from carnet.kernel.web.tokens import read_token

STARTING: Final = told("This service is starting; try again in a moment.")


class Answer(BaseModel):
    """What every command answers: the aggregate's id and stream, where it stands now, and the `?after=` token."""

    id: str
    stream: str
    revision: int
    token: str


# What stands below is `async`, though it awaits nothing: FastAPI runs other dependencies in a thread each.


async def runtime(request: Request) -> Runtime:
    """Give the service at work; 503 while an engine is missing from its start on."""
    found: Runtime | None = request.app.state.runtime()
    if found is None:
        raise HTTPException(503, STARTING, {"Retry-After": "1"})
    return found


RuntimeDep: TypeAlias = Annotated[Runtime, Depends(runtime)]


async def caught_up(request: Request, response: Response, after: str | None = None) -> None:
    """Wait for `?after=`; a query that could not wait long enough says so in `Carnet-Stale`."""
    if after and not await (await runtime(request)).caught_up(read_token(after)):
        response.headers["Carnet-Stale"] = "true"


CaughtUp = Depends(caught_up)
"""For queries: `@router.get("/orders", dependencies=[CaughtUp])`."""


@dataclass(frozen=True)
class Commander:
    """Gives the commands of one request."""

    runtime: Runtime
    response: Response
    because: Because
    expected: int | None
    seed: str

    def new_id(self) -> str:
        """Give the id of what this request creates: the same when the request comes again with its key (promise 4)."""
        return str(derived_id(self.seed, self.because.key) if self.because.key else uuid4())

    async def send(self, category: Category[Any, Any, Any], stream_id: object, command: Any) -> Answer:
        """Give one command to one aggregate and answer where it stands."""
        outcome = await self.handle(category, stream_id, command)
        return self.answer(stream_id, outcome)

    async def handle(self, category: Category[Any, Any, Any], stream_id: object, command: Any) -> Outcome[Any, Any]:
        """Give one command of several: the caller answers."""
        return await self.runtime.handle(category, stream_id, command, self.because, expected=self.expected)

    def answer(self, stream_id: object, outcome: Outcome[Any, Any]) -> Answer:
        token = str(self.runtime.token(outcome))
        self.response.headers.update({"ETag": etag(outcome.revision), "Carnet-Token": token})
        return Answer(id=str(stream_id), stream=outcome.stream, revision=outcome.revision, token=token)


async def commander(  # FastAPI passes what it finds in the request
    request: Request,
    response: Response,
    person: Identified,
    running: RuntimeDep,
    expected: IfMatch,
    key: IdempotencyKey,
) -> Commander:
    seed = f"{running.settings.tenant}|{person.subject}|{request.method} {request.url.path}"
    return Commander(running, response, because(person.subject, key, seed), expected, seed)


def because(actor: str, key: Idempotency, seed: str) -> Because:
    """Give a request's reason; a key that comes again from another person or on another route is no repeat."""
    body_hash = str(derived_id(seed, key.body_hash)) if key.key else ""
    return Because(actor, CORRELATION.get(), key=key.key, body_hash=body_hash, traceparent=traceparent())


Commands: TypeAlias = Annotated[Commander, Depends(commander)]
