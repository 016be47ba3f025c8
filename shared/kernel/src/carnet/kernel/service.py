"""A context as a service: its app with all that every service has, and its engines for as long as the app lives."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
from fastapi import FastAPI

from carnet.kernel.context import Context
from carnet.kernel.credentials import credentials
from carnet.kernel.engines import open_engines
from carnet.kernel.feed import HttpFeeds
from carnet.kernel.gauges import Gauges
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime, assemble, running
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.starting import Starting
from carnet.kernel.surroundings import GAP_SECONDS, Surroundings
from carnet.kernel.tracing import Tracing, tracing_of
from carnet.kernel.tracing.ports import traced
from carnet.kernel.web import audit, events, ops, ops_pages, status
from carnet.kernel.web.application import create_app
from carnet.kernel.web.pages import Pages

CONTEXTS = ("objects", "contracts", "dispatch", "invoicing", "notifications")


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
        client = httpx.AsyncClient(auth=credentials(f"service:{context.name}", settings, "viewer"), timeout=10.0)
        feeds = HttpFeeds(await stack.enter_async_context(client), settings.of)
        around = Surroundings(
            engines.store, engines.bus, engines.database, feeds, metrics, source, GAP_SECONDS, tracing
        )
        yield await stack.enter_async_context(running(assemble(context, settings, engines, around)))


def not_ready(starting: Starting) -> list[str]:
    """Say what keeps a service from being of use."""
    if (runtime := starting.runtime) is None:
        return [starting.trouble]
    rebuilds = runtime.consuming.rebuilds
    rebuilding = [f"{name} is being rebuilt" for name, rebuild in rebuilds.items() if rebuild.needed]
    return [*dict.fromkeys(runtime.troubles()), *rebuilding]
