"""A context as a service: its app with all that every service has, and its engines for as long as the app lives."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import httpx
from fastapi import FastAPI

from carnet.kernel.context import Context
from carnet.kernel.engines import open_engines
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.gauges import Gauges
from carnet.kernel.issuer import embedded
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime, assemble, running
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.starting import Starting
from carnet.kernel.surroundings import GAP_SECONDS, Surroundings
from carnet.kernel.tracing import Tracing, tracing_of
from carnet.kernel.tracing.ports import traced
from carnet.kernel.web import audit, events, ops, ops_pages, status
from carnet.kernel.web.application import create_app
from carnet.kernel.web.identity import Person
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.provider import Provider

CONTEXTS = ("objects", "contracts", "dispatch", "invoicing", "notifications")


class MachineToken(httpx.Auth):
    """Signs a service's own requests with a token that the provider gives it (client credentials)."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.provider, self.token, self.good_until = Provider(settings), "", 0.0

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if time.monotonic() >= self.good_until:
            self.token, seconds = await self.provider.machine_token()
            self.good_until = time.monotonic() + seconds / 2
        request.headers["Authorization"] = f"Bearer {self.token}"
        if (yield request).status_code == httpx.codes.UNAUTHORIZED:
            self.good_until = 0.0  # its key was taken back: the next request asks for another


class ServiceToken(httpx.Auth):
    """Signs a service's own requests with the embedded issuer."""

    def __init__(self, context: str, settings: ServiceSettings) -> None:
        self.person = Person(subject=f"service:{context}", name=context, roles=frozenset({"viewer"}))
        self.settings = settings

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = embedded(self.settings).issue(self.person, timedelta(minutes=1))
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


def token_of(context: str, settings: ServiceSettings) -> httpx.Auth:
    return ServiceToken(context, settings) if settings.embedded_issuer else MachineToken(settings)


def service(context: Context, settings: ServiceSettings, pages: Pages | None = None) -> FastAPI:
    """Make a context's app; its engines are opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with tracing_of(context.name, settings) as app.state.tracing:
            starting = Starting(partial(started, context, settings, Metrics(app.state.metrics), app.state.tracing))
            app.state.runtime = lambda: starting.runtime
            app.state.ready = lambda: not_ready(starting)
            app.state.gauges = Gauges(lambda: starting.runtime).read
            async with starting.under_way():
                yield

    routers = (status.router, ops.router, ops_pages.router, audit.router, events.router, *context.routers)
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
async def started(
    context: Context, settings: ServiceSettings, metrics: Metrics, tracing: Tracing
) -> AsyncIterator[Runtime]:
    """Open the engines, start relay and consumers; stop them in order at the end."""
    async with AsyncExitStack() as stack:
        engines = traced(await open_engines(context.name, settings), tracing)
        stack.push_async_callback(engines.close)
        source = f"/carnet/{settings.tenant}/{context.name}/{await engines.store.incarnation()}"
        client = httpx.AsyncClient(auth=token_of(context.name, settings), timeout=10.0)
        feeds = HttpFeeds(await stack.enter_async_context(client), settings.of)
        around = Surroundings(
            engines.store, engines.bus, engines.database, feeds, metrics, source, GAP_SECONDS, tracing
        )
        yield await stack.enter_async_context(running(assemble(context, settings, engines, around)))


def not_ready(starting: Starting) -> list[str]:
    """Say what keeps a service from being of use."""
    if (runtime := starting.runtime) is None:
        return [starting.trouble]
    rebuilding = [f"{name} is being rebuilt" for name in runtime.consuming.rebuilds]
    return [*dict.fromkeys(runtime.troubles()), *rebuilding]
