"""What an app counts about itself, for Prometheus: a registry of its own, requests by route and status."""

import time
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def request_seconds(registry: CollectorRegistry) -> Histogram:
    return Histogram(
        "carnet_http_request_seconds",
        "Seconds until the answer began, by route.",
        ("method", "route", "status"),
        registry=registry,
        buckets=BUCKETS,
    )


@dataclass
class Measured:
    """Observe how long each request took until its answer began."""

    app: ASGIApp
    seconds: Histogram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def observing(message: Message) -> None:
            if message["type"] == "http.response.start":
                labels = scope["method"], route_of(scope), str(message["status"])
                self.seconds.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, observing)


def route_of(scope: Scope) -> str:
    """Give the template of the matched route, so that ids make no new series."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def exposition(registry: CollectorRegistry) -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
