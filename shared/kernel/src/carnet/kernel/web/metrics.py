"""What an app measures of its requests, for Prometheus: by route and status, and its commands by outcome."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi.dependencies.models import Dependant
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carnet.kernel.metrics import REPEATS
from carnet.kernel.web.answer import PROBLEM
from carnet.kernel.web.commands import commander

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Half a second is a border: the objective is that 99.9 % of commands take less."""
OUTCOMES: Final = ("accepted", "repeated", "rejected", "conflict", "invalid", "forbidden", "failed")
REFUSALS: Final = {401: "forbidden", 403: "forbidden", 409: "rejected", 412: "conflict"}
QUESTIONS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Times:
    """How long answers took to begin: those of all requests, and of commands again by outcome."""

    def __init__(self, registry: CollectorRegistry) -> None:
        text = "Seconds until the answer began, by route."
        labels = ("method", "route", "status")
        self.requests = Histogram("carnet_http_request_seconds", text, labels, registry=registry, buckets=BUCKETS)
        text = "Seconds until a command was answered, by what the answer was."
        self.commands = Histogram("carnet_command_seconds", text, ("outcome",), registry=registry, buckets=BUCKETS)
        for outcome in OUTCOMES:
            self.commands.labels(outcome)

    def observe(self, scope: Scope, status: int, seconds: float, repeats: Sequence[bool]) -> None:
        self.requests.labels(scope["method"], route_of(scope), str(status)).observe(seconds)
        if is_command(scope):
            self.commands.labels(outcome(scope.get(PROBLEM, status), repeats)).observe(seconds)


@dataclass
class Measured:
    """Observe how long each request took until its answer began."""

    app: ASGIApp
    times: Times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, repeats = time.perf_counter(), list[bool]()
        noting = REPEATS.set(repeats)

        async def observing(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.times.observe(scope, message["status"], time.perf_counter() - began, repeats)
            await send(message)

        try:
            await self.app(scope, receive, observing)
        finally:
            REPEATS.reset(noting)


def route_of(scope: Scope) -> str:
    """Give the template of the matched route, so that ids make no new series."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def is_command(scope: Scope) -> bool:
    """Say whether a request came to a route that gives commands; what a guard refuses before has no route."""
    dependant: Dependant | None = getattr(scope.get("route"), "dependant", None)
    return dependant is not None and scope["method"] not in QUESTIONS and gives_commands(dependant)


def gives_commands(dependant: Dependant) -> bool:
    return dependant.call is commander or any(map(gives_commands, dependant.dependencies))


def outcome(status: int, repeats: Sequence[bool]) -> str:
    """Name how a command ended; `status` is that of its problem, also where a page sends a person to sign in."""
    if status < 400:
        return "repeated" if repeats and all(repeats) else "accepted"
    return REFUSALS.get(status, "invalid" if status < 500 else "failed")


def new_registry() -> CollectorRegistry:
    """Make an app's own registry, with the memory and processor time of its process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


async def no_gauges() -> Sequence[Metric]:
    return ()


def readiness(reasons: Sequence[str]) -> Metric:
    return GaugeMetricFamily("carnet_ready", "1 where the service is of use, else 0", 0 if reasons else 1)


@dataclass(frozen=True)
class Exposition:
    """A registry, and what was worked out for this one answer."""

    registry: CollectorRegistry
    gauges: Iterable[Metric]

    def collect(self) -> Iterator[Metric]:
        yield from self.registry.collect()
        yield from self.gauges


def exposition(registry: CollectorRegistry, gauges: Iterable[Metric]) -> Response:
    both = Exposition(registry, gauges)
    return Response(generate_latest(both), media_type=CONTENT_TYPE_LATEST)
