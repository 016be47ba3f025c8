"""The ports of a service that is traced: an append is a span, and so is each message on its way to the bus."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from opentelemetry.context import Context, get_current
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

from carnet.kernel.bus.port import Bus, Message
from carnet.kernel.engines import Engines
from carnet.kernel.store.port import Appended, EventStore, Expected, NewEvent
from carnet.kernel.tracing.spans import Attributes, Tracing, attributes, place, traceparent


def traced(engines: Engines, tracing: Tracing) -> Engines:
    """Give engines that make spans; the same ones where nothing is traced."""
    if not tracing.on:
        return engines
    store = cast(EventStore, TracedStore(engines.store, tracing.tracer))
    return replace(engines, store=store, bus=cast(Bus, TracedBus(engines.bus, tracing.tracer)))


@dataclass(frozen=True, eq=False)
class TracedStore:
    """A store whose appends are spans; all else it does as it did."""

    store: EventStore
    tracer: Tracer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def append(self, stream: str, events: Sequence[NewEvent], expected: Expected) -> Appended:
        """Append, and let the events say that what they lead to hangs below this span."""
        said: Attributes = {"carnet.stream": stream, "carnet.events": len(events)}
        with self.tracer.start_as_current_span("append", attributes=said):
            below = {"traceparent": traceparent()}
            told = [replace(event, metadata={**event.metadata, **below}) for event in events]
            return await self.store.append(stream, told, expected)


@dataclass(frozen=True, eq=False)
class TracedBus:
    """A bus each of whose messages has a span from its sending until it is kept; all else it does as it did."""

    bus: Bus
    tracer: Tracer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        """Publish, and let each message say that what it leads to hangs below its span."""
        with ExitStack() as spans:
            return await self.bus.publish(topic, [self.told(topic, message, spans) for message in messages])

    def told(self, topic: str, message: Message, spans: ExitStack) -> Message:
        if (above := sent_for(message.headers)) is None:
            return message
        span = self.tracer.start_span(f"publish {topic}", above, SpanKind.PRODUCER, about(message))
        spans.enter_context(ended(span))
        return replace(message, headers={**message.headers, "ce_traceparent": traceparent(span)})


def sent_for(headers: Mapping[str, str]) -> Context | None:
    """Give what a message follows from: its event, else what is at hand; None outside of any trace."""
    if of_event := headers.get("ce_traceparent"):
        return place(of_event, datetime.fromisoformat(headers["ce_time"]))
    return get_current() if traceparent() else None


def about(message: Message) -> Attributes:
    source, event_type, event_id = (message.headers.get(f"ce_{name}", "") for name in ("source", "type", "id"))
    return attributes("send", source, event_type, message.key, event_id)


@contextmanager
def ended(span: Span) -> Iterator[None]:
    """End a span with the block, as failed where that fails."""
    try:
        yield
    except BaseException as error:
        span.record_exception(error)
        span.set_status(StatusCode.ERROR, type(error).__name__)
        raise
    finally:
        span.end()
