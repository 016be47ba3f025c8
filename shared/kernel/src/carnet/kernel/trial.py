"""Services on trial: real engines in a folder, real HTTP semantics, and patience until all have caught up."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx
from fastapi import FastAPI

from carnet.events.catalogue import topic_of
from carnet.events.envelope import Envelope
from carnet.events.fact import Fact
from carnet.kernel.because import derived_id
from carnet.kernel.bus.port import Message
from carnet.kernel.issuer import embedded
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import Position
from carnet.kernel.web.front import Front
from carnet.kernel.web.identity import Person

Heads: TypeAlias = list[Position | None]
PATIENCE = 90.0  # seconds until a suite that does not come to rest fails; Kafka alone waits 10 for a member that hangs


@dataclass
class Trial:
    """What a test does with running services. Requests are made by a person of the `role` given (None: nobody)."""

    front: Front
    client: httpx.AsyncClient
    published: dict[tuple[str, str], int] = field(default_factory=dict)

    def runtime(self, context: str) -> Runtime:
        found: Runtime = self.front.services[context].state.runtime()
        return found

    async def get(self, path: str, role: str | None = "admin", **more: Any) -> httpx.Response:
        return await self.request("GET", path, role, **more)

    async def post(self, path: str, json: Any = None, role: str | None = "admin", **more: Any) -> httpx.Response:
        return await self.request("POST", path, role, json=json, **more)

    async def request(self, method: str, path: str, role: str | None, **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {})) | self.bearer(role)
        return await self.client.request(method, path, headers=headers, **more)

    def bearer(self, role: str | None) -> dict[str, str]:
        if role is None:
            return {}
        person = Person(subject=f"test-{role}", name=role.title(), roles=frozenset({role}))
        settings = next(iter(self.front.services.values())).state.settings
        return {"Authorization": f"Bearer {embedded(settings).issue(person)}"}

    async def publish(self, stream: str, *facts: Fact) -> None:
        """Publish facts as another context would, in their order, as the next revisions of `stream`."""
        for fact in facts:
            topic = topic_of(type(fact))
            last = self.published.get((topic, stream), -1)
            envelope = published(stream, last + 1, last, fact)
            self.published[topic, stream] = last + 1
            message = Message(stream, envelope.data, envelope.headers())
            await next(iter(self.runtimes())).engines.bus.publish(topic, [message])

    def runtimes(self) -> Sequence[Runtime]:
        return [app.state.runtime() for app in self.front.services.values()]

    async def settle(self) -> None:
        """Wait until every relay and consumer has nothing left to do, twice in a row with nothing appended between."""
        async with asyncio.timeout(PATIENCE):
            last: Heads | None = None
            while (now := await self.at_rest()) is None or now != last:
                last = now
                await asyncio.sleep(0.01)

    async def at_rest(self) -> Heads | None:
        """Give where the stores end, None while there is work; one look alone misses what moves on behind it."""
        heads = await self.heads()
        resting = all([await rests(*each) for each in zip(self.runtimes(), heads, strict=True)])
        return heads if resting and heads == await self.heads() else None

    async def heads(self) -> Heads:
        return [await runtime.engines.store.head() for runtime in self.runtimes()]


async def rests(runtime: Runtime, head: Position | None) -> bool:
    """Say whether a service has relayed and taken in all up to `head`; what it holds back does not count."""
    lagging = [await consumer.lag(head) for consumer in runtime.consumers]
    return head == await runtime.relay.relayed() and not any(lagging) and not runtime.consuming.rebuilds


def published(stream: str, revision: int, prev_revision: int, fact: Fact) -> Envelope:
    """Wrap a fact as its producer would."""
    context = fact.TYPE.split(".")[1]
    return Envelope(
        id=derived_id(fact.TYPE, stream, revision),
        source=f"/carnet/carnet/{context}/1",
        type=fact.TYPE,
        subject=stream,
        time=datetime(2026, 1, 1, tzinfo=UTC),
        dataschema=f"{fact.TYPE}.json",
        revision=revision,
        prev_revision=prev_revision,
        position=revision,
        correlationid="test",
        causationid="",
        data=fact.model_dump_json().encode(),
    )


@asynccontextmanager
async def trial(**services: FastAPI) -> AsyncIterator[Trial]:
    """Run services (`trial(dispatch=build(settings))`) in this process until the block ends."""
    front = Front(services)
    async with front.running():
        transport = httpx.ASGITransport(app=front)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield Trial(front, client)
