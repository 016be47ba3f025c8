"""A service's spans, each below the one that it follows from; without a collector there are none (ADR 19)."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import time, time_ns
from typing import Any, Final, TypeAlias

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    NoOpTracer,
    Span,
    SpanKind,
    Tracer,
    get_current_span,
    set_span_in_context,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from carnet.kernel.notice import Heard, Notice
from carnet.kernel.settings import ServiceSettings

Attributes: TypeAlias = dict[str, str | int]

CONSUMER: Final = SpanKind.CONSUMER
PROPAGATOR: Final = TraceContextTextMapPropagator()
FOLLOWED: Final = 3600.0  # seconds; what is older is history, and to hear of it again is no part of its trace


def traceparent(span: Span | None = None) -> str:
    """Give a span's place in its trace (the current one's, if none is given) as W3C writes it; "" outside of any."""
    carrier: dict[str, str] = {}
    PROPAGATOR.inject(carrier, set_span_in_context(span or get_current_span()))
    return carrier.get("traceparent", "")


def place(traceparent: str, at: datetime) -> Context | None:
    """Give below what an event's effects hang in its trace; None where it has none, and where it is history."""
    if not traceparent or time() - at.timestamp() > FOLLOWED:
        return None
    found = PROPAGATOR.extract({"traceparent": traceparent}, Context())
    return found if get_current_span(found).get_span_context().is_valid else None


@dataclass(frozen=True)
class Tracing:
    """What a service's consumers tell of what they do."""

    tracer: Tracer

    @property
    def on(self) -> bool:
        return not isinstance(self.tracer, NoOpTracer)

    @contextmanager
    def following(self, what: str, notice: Notice, in_vain: type[Exception] | tuple[()] = ()) -> Iterator[Span]:
        """Make a span of what follows from a fact; what ends `in_vain` is tried again each second, and leaves none."""
        above = place(notice.traceparent, notice.at) if self.on else None
        if above is None:
            yield INVALID_SPAN
            return
        span = self.tracer.start_span(what, above, CONSUMER, about(notice))
        try:
            with use_span(span):
                yield span
        except in_vain:
            raise  # what never ends is never sent
        except BaseException:
            span.end()
            raise
        span.end()

    @contextmanager
    def projecting(self, model: str, page: Sequence[Heard[Any]]) -> Iterator[None]:
        """Make a span for each append of which a page came into a read model; it lasts as long as the page took."""
        began = time_ns()
        yield
        firsts = {heard.notice.traceparent: heard.notice for heard in reversed(page)} if self.on else {}
        for notice in firsts.values():
            if (above := place(notice.traceparent, notice.at)) is not None:
                self.tracer.start_span(f"project {model}", above, CONSUMER, about(notice), start_time=began).end()


SILENT: Final = Tracing(NoOpTracer())


def about(notice: Notice) -> Attributes:
    return attributes("process", notice.source, notice.type, notice.stream, notice.id)


def attributes(operation: str, source: str, event_type: str, stream: str, event_id: str) -> Attributes:
    """Say what a span does with which event, by OpenTelemetry's names; the source tells tenant and incarnation too."""
    return {
        "messaging.operation.type": operation,
        "cloudevents.event_source": source,
        "cloudevents.event_type": event_type,
        "cloudevents.event_subject": stream,
        "cloudevents.event_id": event_id,
    }


@asynccontextmanager
async def tracing_of(context: str, settings: ServiceSettings) -> AsyncIterator[Tracing]:
    """Give a service's tracing for as long as the block runs; silent where no collector is named."""
    if settings.otlp is None:
        yield SILENT
        return
    from carnet.kernel.tracing.otlp import sending  # noqa: PLC0415  # the SDK is imported only where it is needed

    async with sending(context, settings.tenant, str(settings.otlp)) as tracer:
        yield Tracing(tracer)
