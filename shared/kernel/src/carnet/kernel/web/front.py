"""Several services behind one address: a request goes to the service whose prefix it names, else to the portal."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

PORTAL = "objects"


class Front:
    """An ASGI app over services by their prefix; `running` keeps them at work."""

    def __init__(self, services: Mapping[str, FastAPI]) -> None:
        self.services = services

    def service(self, path: str) -> FastAPI:
        """Give the service that answers a path; the portal answers what has no service's prefix."""
        prefix = path.split("/", 2)[1] if "/" in path else ""
        return self.services.get(prefix) or self.services.get(PORTAL) or next(iter(self.services.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.service(scope["path"])(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Front"]:
        """Keep all services at work for as long as the block runs."""
        async with AsyncExitStack() as stack:
            for app in self.services.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield self
