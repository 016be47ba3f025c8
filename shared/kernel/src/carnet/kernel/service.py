"""A context as a service: its app with all that every service has, and its engines for as long as the app lives."""

from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from fastapi import FastAPI

from carnet.kernel.context import Context
from carnet.kernel.engines import open_engines
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.issuer import embedded
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime, assemble, running
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.surroundings import GAP_SECONDS, Surroundings
from carnet.kernel.web import events, ops, ops_pages
from carnet.kernel.web.application import create_app
from carnet.kernel.web.identity import Person
from carnet.kernel.web.pages import Pages

CONTEXTS = ("objects", "contracts", "dispatch", "invoicing", "notifications")


class ServiceToken(httpx.Auth):
    """Signs a service's own requests with the embedded issuer."""

    def __init__(self, context: str, settings: ServiceSettings) -> None:
        self.person = Person(subject=f"service:{context}", name=context, roles=frozenset({"viewer"}))
        self.settings = settings

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = embedded(self.settings).issue(self.person, timedelta(minutes=1))
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


def service(context: Context, settings: ServiceSettings, pages: Pages | None = None) -> FastAPI:
    """Make a context's app; its engines are opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with started(context, settings, Metrics(app.state.metrics)) as runtime:
            app.state.runtime = runtime
            app.state.today = runtime.today
            app.state.ready = lambda: not_ready(runtime)
            yield

    routers = (ops.router, ops_pages.router, events.router, *context.routers)
    app = create_app(
        context.name,
        context.title,
        settings,
        routers,
        lifespan=lifespan,
        pages=pages,
        root_routers=context.root_routers,
    )
    app.state.parts = context
    return app


@asynccontextmanager
async def started(context: Context, settings: ServiceSettings, metrics: Metrics) -> AsyncIterator[Runtime]:
    """Open the engines, start relay and consumers; stop them in order at the end."""
    engines = await open_engines(context.name, settings)
    source = f"/carnet/{settings.tenant}/{context.name}/{await engines.store.incarnation()}"
    async with httpx.AsyncClient(auth=ServiceToken(context.name, settings), timeout=10.0) as client:
        feeds = HttpFeeds(client, dict.fromkeys(CONTEXTS, f"http://{settings.host}:{settings.port}"))
        around = Surroundings(engines.store, engines.bus, engines.database, feeds, metrics, source, GAP_SECONDS)
        async with running(assemble(context, settings, engines, around)) as runtime:
            yield runtime


def not_ready(runtime: Runtime) -> list[str]:
    """Say what keeps a service from being of use."""
    rebuilding = [f"{name} is being rebuilt" for name in runtime.rebuilds]
    return [runtime.relay.trouble] * bool(runtime.relay.trouble) + rebuilding
