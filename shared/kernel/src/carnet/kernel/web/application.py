"""One service's HTTP application: everything that each context has in common, wired once."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from carnet.kernel.day import BusinessDay
from carnet.kernel.issuer import embedded
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.tracing import SILENT
from carnet.kernel.web import oidc, problems, sign_in
from carnet.kernel.web.body import BoundedBody
from carnet.kernel.web.guards import Correlated, SameOrigin, headers_of
from carnet.kernel.web.keys import Keys, RemoteKeys
from carnet.kernel.web.language import language_router
from carnet.kernel.web.metrics import Measured, Times, exposition, new_registry, no_gauges, readiness
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.provider import Provider
from carnet.kernel.web.rate import Buckets, RateLimited
from carnet.kernel.web.static import serve_static
from carnet.kernel.web.traced import Traced

VERSION = "0.1.0"
LEAVING = "It was told to stop."
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def create_app(
    context: str,
    title: str,
    settings: ServiceSettings,
    routers: Sequence[APIRouter] = (),
    *,
    lifespan: Lifespan | None = None,
    pages: Pages | None = None,
    root_routers: Sequence[APIRouter] = (),
) -> FastAPI:
    """Make the app of one context: `routers` under `/<context>`, `root_routers` (the portal) under `/`.

    On `app.state`: `context`, `settings`, `keys`, `pages`, `metrics` (the app's own registry), `leaving` (set it when
    the service is told to stop: it is not ready any more), `ready` (call it: reasons why not, [] when ready), `gauges`
    (await its call: what is worked out with each scrape), `runtime` (call it: the service at work, None before) and
    `today` (call it: the business day). `keys`, `ready`, `gauges`, `runtime`, `today` may be replaced.
    """
    app = FastAPI(
        title=title,
        version=VERSION,
        lifespan=lifespan,
        openapi_url=f"/{context}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    remember(app, context, settings, pages or Pages(context))
    guard(app, settings)
    problems.install(app)
    serve_static(app, context, app.state.pages)
    for router in (operations(app), language_router(), *routers):
        app.include_router(router, prefix=f"/{context}")
    for router in (*root_routers, *signing_in(settings)):
        app.include_router(router)
    return app


def remember(app: FastAPI, context: str, settings: ServiceSettings, pages: Pages) -> None:
    app.state.context, app.state.settings, app.state.pages = context, settings, pages
    app.state.keys = keys_of(settings)
    app.state.metrics, app.state.gauges = new_registry(), no_gauges
    app.state.ready, app.state.runtime = list[str], lambda: None
    app.state.leaving = False
    app.state.tracing = SILENT
    app.state.today = BusinessDay(settings).today


def keys_of(settings: ServiceSettings) -> Keys:
    """Find the issuer's keys as the settings say: the data folder's or an OIDC issuer's."""
    if settings.embedded_issuer:
        return embedded(settings).keys
    return RemoteKeys(str(settings.issuer), httpx.AsyncClient(timeout=5.0))


def signing_in(settings: ServiceSettings) -> Sequence[APIRouter]:
    """Give the pages of the issuer that the settings name, so that a service that runs alone can be entered too."""
    if settings.embedded_issuer:
        return [sign_in.router(embedded(settings))]
    return [oidc.router(Provider(settings))]


def guard(app: FastAPI, settings: ServiceSettings) -> None:
    """Put the guards before the app; the last one added sees a request first."""
    app.add_middleware(BoundedBody, limit=settings.body_limit)
    app.add_middleware(SameOrigin)
    app.add_middleware(RateLimited, buckets=Buckets(settings.rate, settings.burst))
    app.add_middleware(Correlated, headers=headers_of(settings))
    app.add_middleware(Traced)
    app.add_middleware(Measured, times=Times(app.state.metrics))


def operations(app: FastAPI) -> APIRouter:
    """Serve health, metrics and the reference of the API."""
    router = APIRouter()

    def reasons() -> list[str]:
        found: list[str] = [LEAVING] if app.state.leaving else app.state.ready()
        return found

    @router.get("/health/live", tags=["operations"])
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/health/ready", tags=["operations"])
    async def ready() -> Response:
        missing = reasons()
        status = "not ready" if missing else "ready"
        return JSONResponse({"status": status, "reasons": missing}, 503 if missing else 200)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        gauges = [readiness(reasons()), *await app.state.gauges()]
        return exposition(app.state.metrics, gauges)

    @router.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        pages: Pages = app.state.pages
        return pages.render(request, "docs.html", api=app.openapi())

    return router
