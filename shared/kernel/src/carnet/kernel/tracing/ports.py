"""The ports of a service that is traced: an append is a span, and so is each message on its way to the bus."""

from collections.abc import Iterator, Sequence
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
            here = {"traceparent": traceparent()}
            told = [replace(event, metadata={**event.metadata, **here}) for event in events]
            return await self.store.append(stream, told, expected)


@dataclass(frozen=True, eq=False)
class TracedBus:
    """A bus whose messages have spans from their sending until they are kept; all else it does as it did."""

    bus: Bus
    tracer: Tracer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        """Publish with one span for what one append said, and let each message say below which it is heard."""
        firsts = {append_of(message): message for message in reversed(messages)}
        with ExitStack() as open_spans:
            spans = {append: self.begun(topic, first, open_spans) for append, first in firsts.items()}
            return await self.bus.publish(topic, [below(spans[append_of(each)], each) for each in messages])

    def begun(self, topic: str, message: Message, open_spans: ExitStack) -> str:
        """Begin the span of a message, and say where it is; "" outside of any trace."""
        if (above := sent_for(message)) is None:
            return ""
        span = self.tracer.start_span(f"publish {topic}", above, SpanKind.PRODUCER, about(message))
        open_spans.enter_context(ended(span))
        return traceparent(span)


def append_of(message: Message) -> str:
    """Name the append that a message tells of by the span that it had; "" where there was none."""
    return message.headers.get("ce_traceparent", "")


def sent_for(message: Message) -> Context | None:
    """Give what a message follows from: its append, else what is at hand; None outside of any trace."""
    if append := append_of(message):
        return place(append, datetime.fromisoformat(message.headers["ce_time"]))
    return get_current() if traceparent() else None


def below(span: str, message: Message) -> Message:
    return replace(message, headers={**message.headers, "ce_traceparent": span}) if span else message


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
