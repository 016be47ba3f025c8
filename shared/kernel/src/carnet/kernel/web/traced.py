"""A request's span: below the one that its caller names, and above all that the request leads to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carnet.kernel.tracing import PROPAGATOR, Tracing
from carnet.kernel.web.metrics import route_of

UNTRACED: Final = re.compile(r"/\w+/(?:health/\w+|metrics|static/.*)")  # asked by machines again and again


@dataclass
class Traced:
    """Make a span of each request; without a collector, whom its caller names goes into what the request records."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or UNTRACED.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        tracing: Tracing = scope["app"].state.tracing
        above = PROPAGATOR.extract(Headers(scope=scope))
        with tracing.tracer.start_as_current_span(scope["method"], above, SpanKind.SERVER, asked(scope)) as span:

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    note(span, scope, message["status"])
                await send(message)

            await self.app(scope, receive, noting)


def asked(scope: Scope) -> Mapping[str, str]:
    """Give what a request asks for; its query may hold what a person looks for, and stays here."""
    return {"http.request.method": scope["method"], "url.path": scope["path"], "url.scheme": scope["scheme"]}


def note(span: Span, scope: Scope, status: int) -> None:
    route = route_of(scope)
    span.update_name(f"{scope['method']} {route}")
    span.set_attributes({"http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.set_status(StatusCode.ERROR)
